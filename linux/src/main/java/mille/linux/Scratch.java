package mille.linux;

import org.jspecify.annotations.Nullable;

/**
 * A thread's own native memory for the arguments of one system call: names, small structures, errno.
 *
 * <p>What lies in it holds until the thread's next call; it never leaves this package.
 */
final class Scratch {
    /** {@code PATH_MAX}: the longest path that the kernel takes, with its NUL. */
    static final int PATH_BYTES = 4096;

    /** {@code XATTR_SIZE_MAX}. */
    static final int BUFFER_BYTES = 65536;

    private static final int LISTING_BYTES = 32768;
    private static final int STRUCT_BYTES = 512;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    /** Where a call puts errno. */
    final NativeBuffer errno = NativeBuffer.allocate(Integer.BYTES);

    private final NativeBuffer first = NativeBuffer.allocate(PATH_BYTES);
    private final NativeBuffer second = NativeBuffer.allocate(PATH_BYTES);

    /** Room for one structure such as {@code struct statx}. */
    final NativeBuffer struct = NativeBuffer.allocate(STRUCT_BYTES);

    private @Nullable NativeBuffer buffer;
    private @Nullable NativeBuffer listing;

    static Scratch get() {
        return Thread.currentThread() instanceof SystemCallThread own ? own.scratch() : OF_THREAD.get();
    }

    /** Memory for bulk answers, made when first asked for. */
    NativeBuffer buffer() {
        NativeBuffer made = buffer;
        if (made == null) {
            made = NativeBuffer.allocate(BUFFER_BYTES);
            buffer = made;
        }
        return made;
    }

    /** Memory for part of a listing, which other calls of this thread leave alone until it is {@linkplain #giveBack given back}. */
    NativeBuffer takeListing() {
        NativeBuffer free = listing;
        listing = null;
        return free == null ? NativeBuffer.allocate(LISTING_BYTES) : free;
    }

    void giveBack(NativeBuffer taken) {
        listing = taken;
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
        first.putByte(0, (byte) 0);
        return first.address();
    }

    private static long put(NativeBuffer place, byte[] bytes) throws ErrnoException {
        if (bytes.length >= PATH_BYTES) {
            throw new ErrnoException(Errno.ENAMETOOLONG, "a path of " + bytes.length + " bytes");
        }
        place.putBytes(0, bytes, 0, bytes.length);
        place.putByte(bytes.length, (byte) 0);
        return place.address();
    }
}
