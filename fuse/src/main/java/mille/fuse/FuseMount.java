package mille.fuse;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import mille.linux.DetachedMount;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.LateLogger;
import mille.linux.MountContext;
import mille.linux.MountTable;
import mille.linux.Mounts;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;

/**
 * A place where a FUSE connection is mounted, and the number by which the kernel knows the connection: {@code minor(st_dev)}, its directory
 * in the control file system, {@code fusectl}.
 */
record FuseMount(Path target, int connection) {
    private static final System.Logger LOG = LateLogger.of("mille.fuse");
    private static final int UNKNOWN = -1;

    /** Mounts a device that has no mount yet; INIT is waiting on it when this returns. */
    static FuseMount attach(Fd device, Path target, FuseMountOptions options) throws IOException {
        Path real = target.toRealPath();
        Mounts.mount(options.source(), real, options.type(), options.flags(), options.data(device.number()));
        return at(real);
    }

    /** What is mounted there now. */
    static FuseMount at(Path target) throws ErrnoException {
        // The table is read rather than the directory asked: the server that would answer may not have begun.
        MountTable.Entry entry = MountTable.read().at(target);
        return new FuseMount(target, entry == null ? UNKNOWN : Stat.minor(entry.device()));
    }

    /**
     * Unmounts; where it is busy, takes it out of sight and has the kernel fail what is under way. Nothing to do if it is gone already.
     *
     * @throws ErrnoException EBUSY where something else is mounted over it: that isn't ours to unmount
     */
    void detach() throws ErrnoException {
        if (!isOnTop()) {
            throw new ErrnoException(Errno.EBUSY, "unmount " + target + ", beneath another mount");
        }
        try {
            Mounts.unmount(target, 0);
        } catch (ErrnoException failed) {
            if (failed.errno() == Errno.EBUSY) {
                Mounts.unmount(target, Mounts.MNT_FORCE | Mounts.MNT_DETACH);
            } else if (failed.errno() != Errno.EINVAL && failed.errno() != Errno.ENOENT) {
                throw failed; // those two say that nothing is mounted there
            }
        }
    }

    private boolean isOnTop() throws ErrnoException {
        MountTable.Entry top = MountTable.read().at(target);
        return top == null || connection == UNKNOWN || Stat.minor(top.device()) == connection;
    }

    /**
     * Ends the connection wherever else it may be mounted: every caller gets an error, every worker ENODEV. The kernel's control files are
     * reached through a mount of them that is attached nowhere, as many systems have none at {@code /sys/fs/fuse/connections}.
     */
    void abort() {
        if (connection == UNKNOWN) {
            return;
        }
        try (MountContext context = MountContext.open("fusectl")) {
            context.create();
            try (DetachedMount control = context.mount(0);
                    Fd file = control.root().openAt(RelativePath.parse(connection + "/abort"), O.WRONLY)) {
                NativeBuffer one = NativeBuffer.allocate(1);
                one.putByte(0, (byte) '1');
                FileData.write(file, one, 0, 1);
            }
        } catch (ErrnoException failed) {
            LOG.log(Level.WARNING, "could not abort FUSE connection {0}: {1}", connection, failed.getMessage());
        }
    }
}
