package mille.fuse;

import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.Ioctl;
import mille.linux.NativeBuffer;
import mille.linux.O;

/**
 * A descriptor of {@code /dev/fuse}. Its worker reads and writes it freely; threads that aren't its owner go through {@link #send} and
 * {@link #control}, which a closed device answers with ENODEV rather than touch a number that may mean something else by then.
 */
final class Device {
    private static final Path PATH = Path.of("/dev/fuse");
    private static final int FUSE_DEV_IOC_CLONE = 0x8004e500;

    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();
    final Fd fd;

    Device(Fd fd) {
        this.fd = fd;
    }

    /** A device that no mount has yet. */
    static Fd open() throws ErrnoException {
        return Fd.open(PATH, O.RDWR);
    }

    /** Another descriptor of the same connection, with a queue of requests being served of its own. */
    static Fd cloneOf(Fd device) throws ErrnoException {
        Fd clone = open();
        try {
            Ioctl.call(clone, FUSE_DEV_IOC_CLONE, device.number(), Integer.BYTES);
            return clone;
        } catch (ErrnoException | RuntimeException | Error failed) {
            clone.close();
            throw failed;
        }
    }

    /** Writes one message, from any thread. */
    void send(NativeBuffer message, int length) throws ErrnoException {
        open.readLock().lock();
        try {
            requireOpen();
            int result = FileData.tryWrite(fd, message, length);
            if (result < 0) {
                throw new ErrnoException(Errno.of(-result), "write to /dev/fuse");
            }
        } finally {
            open.readLock().unlock();
        }
    }

    /** {@link Ioctl#call(Fd, int, int, int)}, from any thread. */
    int control(int command, int number, int sizeBytes) throws ErrnoException {
        open.readLock().lock();
        try {
            requireOpen();
            return Ioctl.call(fd, command, number, sizeBytes);
        } finally {
            open.readLock().unlock();
        }
    }

    private void requireOpen() throws ErrnoException {
        if (fd.isClosed()) {
            throw new ErrnoException(Errno.ENODEV, "a FUSE session that has ended");
        }
    }

    /** Called when its worker has ended. */
    void close() {
        open.writeLock().lock();
        try {
            fd.close();
        } finally {
            open.writeLock().unlock();
        }
    }
}
