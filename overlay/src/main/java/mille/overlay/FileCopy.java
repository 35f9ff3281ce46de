package mille.overlay;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.NativeBuffer;
import mille.linux.Stat;

/** Copies a file's data the cheapest way that the file systems offer: shared extents, a copy within the kernel, read and write. */
final class FileCopy {
    /** How the data came over. */
    enum How {
        /** Both files share it. */
        CLONED,
        IN_KERNEL,
        BY_HAND,
        /** There is none, or it stays where it is. */
        NOTHING
    }

    private static final int BUFFER_BYTES = 1 << 20;

    private FileCopy() {}

    /**
     * Makes an empty file equal to another; holes stay holes.
     *
     * @param from its position moves
     * @param to empty, open for writing
     * @param stat of {@code from}
     * @param sizeBytes of the copy: a copy of metadata alone may have another size than its data
     */
    static How copy(Fd from, Fd to, Stat stat, long sizeBytes) throws ErrnoException {
        if (sizeBytes == 0) {
            return How.NOTHING;
        }
        if (FileData.cloneAll(from, to)) {
            return How.CLONED;
        }
        if (stat.blocks512() * 512 >= sizeBytes) {
            return copyRange(from, to, 0, sizeBytes); // no room for holes
        }
        How how = How.NOTHING;
        FileData.truncate(to, sizeBytes);
        long at = 0;
        while (at < sizeBytes) {
            long start = nextData(from, at, sizeBytes);
            if (start >= sizeBytes) {
                return how;
            }
            long end = Math.min(FileData.seek(from, start, FileData.SEEK_HOLE), sizeBytes);
            how = copyRange(from, to, start, end);
            at = end;
        }
        return how;
    }

    private static long nextData(Fd from, long at, long sizeBytes) throws ErrnoException {
        try {
            return FileData.seek(from, at, FileData.SEEK_DATA);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENXIO) {
                return sizeBytes; // a hole up to the end
            }
            throw e;
        }
    }

    private static How copyRange(Fd from, Fd to, long start, long end) throws ErrnoException {
        long at = start;
        while (at < end) {
            long copied;
            try {
                copied = FileData.copyRange(from, at, to, at, end - at);
            } catch (ErrnoException e) {
                return switch (e.errno()) {
                    case EXDEV, EINVAL, EOPNOTSUPP, ENOSYS -> copyByHand(from, to, at, end);
                    default -> throw e;
                };
            }
            if (copied == 0) {
                return How.IN_KERNEL; // it became shorter meanwhile: somebody changes a lower layer
            }
            at += copied;
        }
        return How.IN_KERNEL;
    }

    private static How copyByHand(Fd from, Fd to, long start, long end) throws ErrnoException {
        NativeBuffer buffer = NativeBuffer.allocate(Math.min(BUFFER_BYTES, end - start));
        long at = start;
        while (at < end) {
            int got = FileData.readAt(from, buffer, (int) Math.min(buffer.sizeBytes(), end - at), at);
            if (got == 0) {
                break;
            }
            for (int done = 0; done < got; ) {
                done += FileData.writeAt(to, buffer.slice(done, got - done), got - done, at + done);
            }
            at += got;
        }
        return How.BY_HAND;
    }
}
