package mille.overlay;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.NativeBuffer;
import mille.linux.Stat;

/** Copies a file's data the cheapest way that the file systems offer: shared extents, a copy within the kernel, read and write. */
final class FileCopy {
    private static final int BUFFER_BYTES = 1 << 20;

    private FileCopy() {}

    /**
     * Makes an empty file equal to another; holes stay holes.
     *
     * @param from its position moves
     * @param to empty, open for writing
     */
    static void copy(Fd from, Fd to, long sizeBytes) throws ErrnoException {
        if (sizeBytes == 0 || FileData.cloneAll(from, to)) {
            return;
        }
        if (Stat.of(from).blocks512() * 512 >= sizeBytes) {
            copyRange(from, to, 0, sizeBytes); // no room for holes
            return;
        }
        FileData.truncate(to, sizeBytes);
        long at = 0;
        while (at < sizeBytes) {
            long start = nextData(from, at, sizeBytes);
            if (start >= sizeBytes) {
                return;
            }
            long end = Math.min(FileData.seek(from, start, FileData.SEEK_HOLE), sizeBytes);
            copyRange(from, to, start, end);
            at = end;
        }
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

    private static void copyRange(Fd from, Fd to, long start, long end) throws ErrnoException {
        long at = start;
        while (at < end) {
            long copied;
            try {
                copied = FileData.copyRange(from, at, to, at, end - at);
            } catch (ErrnoException e) {
                switch (e.errno()) {
                    case EXDEV, EINVAL, EOPNOTSUPP, ENOSYS -> {
                        copyByHand(from, to, at, end);
                        return;
                    }
                    default -> throw e;
                }
            }
            if (copied == 0) {
                return; // it became shorter meanwhile: somebody changes a lower layer
            }
            at += copied;
        }
    }

    private static void copyByHand(Fd from, Fd to, long start, long end) throws ErrnoException {
        NativeBuffer buffer = NativeBuffer.allocate(Math.min(BUFFER_BYTES, end - start));
        long at = start;
        while (at < end) {
            int got = FileData.readAt(from, buffer, (int) Math.min(buffer.sizeBytes(), end - at), at);
            if (got == 0) {
                return;
            }
            for (int done = 0; done < got; ) {
                done += FileData.writeAt(to, buffer.slice(done, got - done), got - done, at + done);
            }
            at += got;
        }
    }
}
