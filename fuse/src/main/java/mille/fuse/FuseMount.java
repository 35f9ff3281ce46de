package mille.fuse;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.MountTable;
import mille.linux.Mounts;
import mille.linux.Stat;

/**
 * A place where a FUSE connection is mounted, and the number by which the kernel knows the connection: {@code minor(st_dev)}, its directory
 * in {@code /sys/fs/fuse/connections}.
 */
record FuseMount(Path target, int connection) {
    private static final System.Logger LOG = System.getLogger("mille.fuse");
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

    /** Unmounts; where it is busy, takes it out of sight and has the kernel fail what is under way. Nothing to do if it is gone already. */
    void detach() throws ErrnoException {
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

    /** Ends the connection wherever else it may be mounted: every caller gets an error, every worker ENODEV. */
    void abort() {
        if (connection == UNKNOWN) {
            return;
        }
        Path control = Path.of("/sys/fs/fuse/connections/" + connection + "/abort");
        try {
            Files.writeString(control, "1");
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "could not abort FUSE connection {0}: {1}", connection, failed.getMessage());
        }
    }
}
