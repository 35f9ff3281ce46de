package mille.linux;

import java.lang.ref.Reference;

/** The data of an open file: read, write, copy, allocate, sync. Offsets and sizes are in bytes. */
public final class FileData {
    public static final int SEEK_SET = 0;
    public static final int SEEK_CUR = 1;
    public static final int SEEK_END = 2;

    /** {@code lseek(2)}: the next offset at or after the given one that holds data; ENXIO past the last. */
    public static final int SEEK_DATA = 3;

    /** {@code lseek(2)}: the next hole at or after the given offset; the end of the file counts as one. */
    public static final int SEEK_HOLE = 4;

    /** {@code fallocate(2)}: the size of the file stays as it is. */
    public static final int FALLOC_FL_KEEP_SIZE = 0x01;

    /** {@code fallocate(2)}: give the range back, so that it reads as zeros; only together with {@link #FALLOC_FL_KEEP_SIZE}. */
    public static final int FALLOC_FL_PUNCH_HOLE = 0x02;

    public static final int FALLOC_FL_COLLAPSE_RANGE = 0x08;
    public static final int FALLOC_FL_ZERO_RANGE = 0x10;
    public static final int FALLOC_FL_INSERT_RANGE = 0x20;
    public static final int FALLOC_FL_UNSHARE_RANGE = 0x40;

    static final int FICLONE = 0x40049409;

    /** Of {@code linux/fs.h}: what is being written, then the rest, to the end. */
    private static final int SYNC_FILE_RANGE_WRITE_AND_WAIT = 7;

    private FileData() {}

    /**
     * Reads from the descriptor's own position.
     *
     * @return 0 only at end of file
     */
    public static int read(Fd file, NativeBuffer into, long offset, long length) throws ErrnoException {
        Scratch scratch = Scratch.get();
        try {
            long address = into.address(offset, length);
            long result;
            do {
                result = Syscall.call(scratch, Syscall.READ, file.number(), address, length);
            } while (Syscall.interrupted(result));
            return (int) Syscall.check(result, "read");
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    /**
     * Writes at the descriptor's own position.
     *
     * @return what was written, which may be less than asked
     */
    public static int write(Fd file, NativeBuffer from, long offset, long length) throws ErrnoException {
        Scratch scratch = Scratch.get();
        try {
            long address = from.address(offset, length);
            long result;
            do {
                result = Syscall.call(scratch, Syscall.WRITE, file.number(), address, length);
            } while (Syscall.interrupted(result));
            return (int) Syscall.check(result, "write");
        } finally {
            Reference.reachabilityFence(from);
        }
    }

    /**
     * As {@link #read}, for a loop in which errors are ordinary and an exception each would cost: nothing is repeated or thrown.
     *
     * @return what was read, or the error's number negated, such as {@code -EAGAIN}
     */
    public static int tryRead(Fd file, NativeBuffer into, int length) {
        try {
            long bytes = Math.min(length, into.sizeBytes());
            return (int) Syscall.call(Scratch.get(), Syscall.READ, file.number(), into.address(0, bytes), bytes);
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    /**
     * As {@link #tryRead}, the other way.
     *
     * @return what was written, or the error's number negated
     */
    public static int tryWrite(Fd file, NativeBuffer from, int length) {
        try {
            long bytes = Math.min(length, from.sizeBytes());
            return (int) Syscall.call(Scratch.get(), Syscall.WRITE, file.number(), from.address(0, bytes), bytes);
        } finally {
            Reference.reachabilityFence(from);
        }
    }

    /**
     * Reads at {@code fileOffset} into the buffer's first {@code length} bytes.
     *
     * @return 0 only at end of file
     */
    public static int readAt(Fd file, NativeBuffer into, int length, long fileOffset) throws ErrnoException {
        Scratch scratch = Scratch.get();
        try {
            long address = into.address(0, length);
            long result;
            do {
                result = Syscall.call(scratch, Syscall.PREAD64, file.number(), address, length, fileOffset);
            } while (Syscall.interrupted(result));
            return (int) Syscall.check(result, "pread");
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    /**
     * Writes the buffer's first {@code length} bytes at {@code fileOffset}.
     *
     * @return what was written, which may be less
     */
    public static int writeAt(Fd file, NativeBuffer from, int length, long fileOffset) throws ErrnoException {
        Scratch scratch = Scratch.get();
        try {
            long address = from.address(0, length);
            long result;
            do {
                result = Syscall.call(scratch, Syscall.PWRITE64, file.number(), address, length, fileOffset);
            } while (Syscall.interrupted(result));
            return (int) Syscall.check(result, "pwrite");
        } finally {
            Reference.reachabilityFence(from);
        }
    }

    /**
     * Shares all of {@code from}'s extents with {@code to} ({@code FICLONE}).
     *
     * @return false where the file systems can't
     */
    public static boolean cloneAll(Fd from, Fd to) throws ErrnoException {
        long result = Syscall.call(Scratch.get(), Syscall.IOCTL, to.number(), FICLONE, from.number());
        int error = (int) -result;
        if (result < 0
                && (error == Errno.EOPNOTSUPP.code()
                        || error == Errno.EXDEV.code()
                        || error == Errno.EINVAL.code()
                        || error == Errno.ENOTTY.code())) {
            return false;
        }
        Syscall.check(result, "ioctl FICLONE");
        return true;
    }

    /**
     * Copies within the kernel ({@code copy_file_range(2)}); the descriptors' positions don't move.
     *
     * @return bytes copied, which may be fewer than asked; 0 at the end of {@code from}
     * @throws ErrnoException EXDEV, EINVAL or EOPNOTSUPP where the kernel can't for this pair: copy by hand then
     */
    public static long copyRange(Fd from, long fromOffset, Fd to, long toOffset, long length) throws ErrnoException {
        Scratch scratch = Scratch.get();
        var offsets = scratch.struct;
        long result;
        do {
            offsets.putLong(0, fromOffset);
            offsets.putLong(8, toOffset);
            result = Syscall.call(
                    scratch,
                    Syscall.COPY_FILE_RANGE,
                    from.number(),
                    offsets.address(),
                    to.number(),
                    offsets.address() + 8,
                    length,
                    0);
        } while (Syscall.interrupted(result));
        return Syscall.check(result, "copy_file_range");
    }

    /**
     * {@code lseek(2)}; the descriptor's position moves.
     *
     * @param whence {@link #SEEK_SET}, {@link #SEEK_CUR}, {@link #SEEK_END}, {@link #SEEK_DATA} or {@link #SEEK_HOLE}
     * @throws ErrnoException ENXIO past the last data or the end
     */
    public static long seek(Fd file, long offset, int whence) throws ErrnoException {
        return Syscall.check(Syscall.call(Scratch.get(), Syscall.LSEEK, file.number(), offset, whence), "lseek");
    }

    /**
     * {@code fallocate(2)}.
     *
     * @param mode {@code FALLOC_FL_*} bits, 0 to reserve blocks and grow the file where the range reaches beyond its end
     */
    public static void allocate(Fd file, int mode, long offset, long length) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long result;
        do {
            result = Syscall.call(scratch, Syscall.FALLOCATE, file.number(), mode, offset, length);
        } while (Syscall.interrupted(result));
        Syscall.check(result, "fallocate");
    }

    public static void truncate(Fd file, long sizeBytes) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long result;
        do {
            result = Syscall.call(scratch, Syscall.FTRUNCATE, file.number(), sizeBytes);
        } while (Syscall.interrupted(result));
        Syscall.check(result, "ftruncate");
    }

    /** Data and metadata of a file, or the entries of a directory, are on disk when it returns ({@code fsync(2)}). */
    public static void sync(Fd file) throws ErrnoException {
        sync(file, Syscall.FSYNC, "fsync");
    }

    /** As {@link #sync}, without metadata that reading the data doesn't need ({@code fdatasync(2)}). */
    public static void syncData(Fd file) throws ErrnoException {
        sync(file, Syscall.FDATASYNC, "fdatasync");
    }

    /**
     * A file's data has left for the device, and the device has taken it, when this returns. Neither its cache nor the file's metadata are
     * on disk for that ({@code sync_file_range(2)} with all three flags).
     */
    public static void writeOut(Fd file) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long result;
        do {
            result =
                    Syscall.call(scratch, Syscall.SYNC_FILE_RANGE, file.number(), 0, 0, SYNC_FILE_RANGE_WRITE_AND_WAIT);
        } while (Syscall.interrupted(result));
        Syscall.check(result, "sync_file_range");
    }

    /** The whole file system that holds this file is on disk when it returns ({@code syncfs(2)}). */
    public static void syncFileSystem(Fd file) throws ErrnoException {
        sync(file, Syscall.SYNCFS, "syncfs");
    }

    private static void sync(Fd file, int number, String call) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long result;
        do {
            result = Syscall.call(scratch, number, file.number());
        } while (Syscall.interrupted(result));
        Syscall.check(result, call);
    }
}
