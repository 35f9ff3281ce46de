package mille.linux;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A file system's own lasting name for a file ({@code name_to_handle_at(2)}): it survives renames, remounts and reboots, and says by
 * ESTALE that the file is gone. Equal handles of one file system are the same file.
 */
public final class FileHandle {
    /** {@code MAX_HANDLE_SZ}, in bytes. */
    public static final int MAX_BYTES = 128;

    static final int LENGTH = 0;
    static final int TYPE = 4;
    static final int HEADER_BYTES = 8;
    private static final int AT_EMPTY_PATH = 0x1000;

    private final int type;
    private final byte[] bytes;

    private FileHandle(int type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    /**
     * A handle that was stored.
     *
     * @param type as the file system gave it
     * @throws IllegalArgumentException for more than {@link #MAX_BYTES}
     */
    public static FileHandle of(int type, byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a file handle of " + bytes.length + " bytes");
        }
        return new FileHandle(type, bytes.clone());
    }

    /** Of an open file, {@code O_PATH} included; null where its file system has no handles (EOPNOTSUPP). */
    public static @Nullable FileHandle of(Fd file) throws ErrnoException {
        Scratch scratch = Scratch.get();
        return encode(scratch, file, scratch.emptyPath(), AT_EMPTY_PATH, file);
    }

    /** Of a name in a directory, of a symlink itself; null where the file system has no handles (EOPNOTSUPP). */
    public static @Nullable FileHandle of(Fd directory, Name name) throws ErrnoException {
        Scratch scratch = Scratch.get();
        return encode(scratch, directory, scratch.path(name), 0, name);
    }

    private static @Nullable FileHandle encode(Scratch scratch, Fd directory, long path, int flags, Object subject)
            throws ErrnoException {
        NativeBuffer handle = scratch.struct;
        handle.putInt(LENGTH, MAX_BYTES);
        long mountId = handle.address() + HEADER_BYTES + MAX_BYTES;
        long result = Syscall.call(
                scratch, Syscall.NAME_TO_HANDLE_AT, directory.number(), path, handle.address(), mountId, flags);
        if (result == -Errno.EOPNOTSUPP.code()) {
            return null;
        }
        Syscall.check(result, "name_to_handle_at", subject);
        int length = handle.getInt(LENGTH);
        return new FileHandle(handle.getInt(TYPE), handle.getBytes(HEADER_BYTES, length));
    }

    /**
     * Opens the file ({@code open_by_handle_at(2)}, which asks for CAP_DAC_READ_SEARCH).
     *
     * @param fileSystem any open file of the file system, but none of {@code O_PATH}
     * @param flags of {@link O}; {@code O_CLOEXEC} is added
     * @return null where the file is gone, or was never of this file system (ESTALE)
     */
    public @Nullable Fd open(Fd fileSystem, int flags) throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer handle = scratch.struct;
        handle.putInt(LENGTH, bytes.length);
        handle.putInt(TYPE, type);
        handle.putBytes(HEADER_BYTES, bytes, 0, bytes.length);
        long result;
        do {
            result = Syscall.call(
                    scratch, Syscall.OPEN_BY_HANDLE_AT, fileSystem.number(), handle.address(), flags | O.CLOEXEC);
        } while (Syscall.interrupted(result));
        return result == -Errno.ESTALE.code() ? null : Fd.ofResult(result, "open_by_handle_at", this);
    }

    public int type() {
        return type;
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FileHandle handle && type == handle.type && Arrays.equals(bytes, handle.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "file handle " + Integer.toHexString(type) + ":" + HexFormat.of().formatHex(bytes);
    }
}
