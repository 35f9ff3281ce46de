package mille.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A thread's own native memory for the arguments of one system call: names, small structures, errno.
 *
 * <p>What lies in it holds until the thread's next call; it never leaves this package.
 */
final class Scratch {
    /** {@code PATH_MAX}: the longest path that the kernel takes, with its NUL. */
    static final int PATH_BYTES = 4096;

    /** {@code XATTR_SIZE_MAX}, also the size of the buffer that {@link DirectoryReader} and xattr calls share. */
    static final int BUFFER_BYTES = 65536;

    private static final int STRUCT_BYTES = 512;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    private final Arena arena = Arena.ofAuto();
    final MemorySegment capture = arena.allocate(Syscall.captureBytes(), 8);
    private final MemorySegment first = arena.allocate(PATH_BYTES);
    private final MemorySegment second = arena.allocate(PATH_BYTES);

    /** Room for one structure such as {@code struct statx}. */
    final MemorySegment struct = arena.allocate(STRUCT_BYTES, 8);

    private @Nullable MemorySegment buffer;

    static Scratch get() {
        return OF_THREAD.get();
    }

    /** Memory for bulk answers, made when first asked for. */
    MemorySegment buffer() {
        MemorySegment made = buffer;
        if (made == null) {
            made = arena.allocate(BUFFER_BYTES, 8);
            buffer = made;
        }
        return made;
    }

    /** The address of the name, NUL-terminated, in the first of two places. */
    long path(Name name) throws ErrnoException {
        return put(first, name.bytes());
    }

    /** The same in the second place, for calls that take two names. */
    long secondPath(Name name) throws ErrnoException {
        return put(second, name.bytes());
    }

    long path(byte[] bytes) throws ErrnoException {
        return put(first, bytes);
    }

    long secondPath(byte[] bytes) throws ErrnoException {
        return put(second, bytes);
    }

    /** The address of the empty path, for calls with {@code AT_EMPTY_PATH}; in the first place. */
    long emptyPath() {
        first.set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
        return first.address();
    }

    private static long put(MemorySegment place, byte[] bytes) throws ErrnoException {
        if (bytes.length >= PATH_BYTES) {
            throw new ErrnoException(Errno.ENAMETOOLONG, "a path of " + bytes.length + " bytes");
        }
        MemorySegment.copy(bytes, 0, place, ValueLayout.JAVA_BYTE, 0, bytes.length);
        place.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return place.address();
    }
}
