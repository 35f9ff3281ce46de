package mille.fuse;

import mille.linux.ErrnoException;
import mille.linux.Fd;

/**
 * A file that the kernel may read and write in place of ours (PASSTHROUGH). It is known to the kernel from {@link #open} to {@link #close},
 * and may serve any number of opens meanwhile. Those outlive it, but the kernel looks it up when it gets the reply: don't close it in the
 * handler that names it.
 *
 * <p>While a node has an open file that is passed through, its other opens must be too, and to the same file: the kernel answers EIO to the
 * caller otherwise.
 */
public final class BackingFile implements AutoCloseable {
    private static final int FUSE_DEV_IOC_BACKING_OPEN = 0x4010e501;
    private static final int FUSE_DEV_IOC_BACKING_CLOSE = 0x4004e502;

    private final FuseConnection connection;
    private final int id;

    private BackingFile(FuseConnection connection, int id) {
        this.connection = connection;
        this.id = id;
    }

    /**
     * @param file of any kind of open, {@code O_PATH} too; it may be closed afterwards
     * @throws ErrnoException EPERM without PASSTHROUGH or without CAP_SYS_ADMIN; ELOOP where too many file systems lie beneath
     */
    public static BackingFile open(FuseConnection connection, Fd file) throws ErrnoException {
        int id = connection.device().control(FUSE_DEV_IOC_BACKING_OPEN, file.number(), Wire.Newer.BACKING_MAP_BYTES);
        return new BackingFile(connection, id);
    }

    int id() {
        return id;
    }

    /**
     * @throws ErrnoException ENODEV where the session has ended, and the kernel forgotten it by itself
     */
    @Override
    public void close() throws ErrnoException {
        connection.device().control(FUSE_DEV_IOC_BACKING_CLOSE, id, Integer.BYTES);
    }
}
