package mille.overlay;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileHandle;
import mille.linux.FileName;
import mille.linux.O;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, on a copy in the upper layer, which lower file it was made of: {@code overlay.origin}, by which the copy keeps the lower
 * file's inode number over a remount.
 *
 * <p>The value is the kernel's: version 0, magic 0xfb, total length, flags, handle type, the lower file system's UUID, and the bytes of the
 * file handle. It is empty where the lower file system has no handles.
 */
final class Origin {
    private static final byte VERSION = 0;
    private static final byte MAGIC = (byte) 0xfb;
    private static final int UUID_AT = 5;
    private static final int HANDLE_AT = 21;

    /** The handle is of a file in the upper layer. */
    private static final byte FLAG_UPPER = 4;

    private final List<LayerFileSystem> fileSystems;

    Origin(List<LayerFileSystem> fileSystems) {
        this.fileSystems = fileSystems;
    }

    /** The attribute's value for a lower file; empty where it has no handle. */
    byte[] valueFor(Fd lower) throws ErrnoException {
        return valueFor(FileHandle.of(lower), Stat.of(lower));
    }

    /** The same where handle and attributes are known; null for a handle is a file system that has none. */
    byte[] valueFor(@Nullable FileHandle handle, Stat lower) {
        LayerFileSystem fileSystem = LayerFileSystem.find(fileSystems, lower.device());
        return handle == null || fileSystem == null ? new byte[0] : encode(handle, fileSystem, (byte) 0);
    }

    /** The value by which an index remembers its upper directory. */
    byte[] valueForUpper(Fd upper) throws ErrnoException {
        FileHandle handle = FileHandle.of(upper);
        LayerFileSystem fileSystem =
                LayerFileSystem.find(fileSystems, Stat.of(upper).device());
        return handle == null || fileSystem == null ? new byte[0] : encode(handle, fileSystem, FLAG_UPPER);
    }

    /** What stands for a file of the upper layer; empty where it has no handle. */
    byte[] valueForUpper(@Nullable FileHandle handle) {
        return handle == null ? new byte[0] : encode(handle, fileSystems.getFirst(), FLAG_UPPER);
    }

    private static byte[] encode(FileHandle handle, LayerFileSystem fileSystem, byte flags) {
        byte[] bytes = handle.bytes();
        return ByteBuffer.allocate(HANDLE_AT + bytes.length)
                .put(VERSION)
                .put(MAGIC)
                .put((byte) (HANDLE_AT + bytes.length))
                .put(flags)
                .put((byte) handle.type())
                .put(fileSystem.uuid())
                .put(bytes)
                .array();
    }

    /** The name that a lower file has in the index: its origin in hexadecimal. */
    static FileName indexName(byte[] value) {
        return FileName.of(HexFormat.of().formatHex(value));
    }

    /**
     * What is left of the lower file that a value names.
     *
     * @return null where the value names none that we can find: it is empty or of another kind, its file system is none of ours, the file
     *     is gone
     */
    @Nullable
    Stat find(byte[] value) throws ErrnoException {
        if (value.length <= HANDLE_AT || value[0] != VERSION || value[1] != MAGIC || (value[3] & FLAG_UPPER) != 0) {
            return null;
        }
        byte[] uuid = Arrays.copyOfRange(value, UUID_AT, HANDLE_AT);
        FileHandle handle =
                FileHandle.of(Byte.toUnsignedInt(value[4]), Arrays.copyOfRange(value, HANDLE_AT, value.length));
        for (LayerFileSystem fileSystem : fileSystems) {
            if (fileSystem.hasUuid(uuid)) {
                return find(handle, fileSystem);
            }
        }
        return null;
    }

    /** Whether a lower file of this value is known not to be there, rather than merely not found: without privilege nobody can tell. */
    boolean isGone(byte[] value) throws ErrnoException {
        return find(value) == null && canOpen(fileSystems);
    }

    private static boolean canOpen(List<LayerFileSystem> fileSystems) throws ErrnoException {
        for (LayerFileSystem fileSystem : fileSystems) {
            FileHandle own = FileHandle.of(fileSystem.anchor());
            if (own == null || find(own, fileSystem) == null) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Stat find(FileHandle handle, LayerFileSystem fileSystem) throws ErrnoException {
        try (Fd file = handle.open(fileSystem.anchor(), O.PATH)) {
            return file == null ? null : Stat.of(file);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPERM || e.errno() == Errno.EOPNOTSUPP) {
                return null; // without privilege nobody opens by handle
            }
            throw e;
        }
    }
}
