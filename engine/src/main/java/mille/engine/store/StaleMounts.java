package mille.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.MountTable;
import mille.linux.Mounts;

/** Mounts within the store that outlived who made them. */
final class StaleMounts {
    private StaleMounts() {}

    /** Mount points below a directory or at it, in the order in which they were mounted. The directory is a real path. */
    static List<Path> below(Path directory) throws IOException {
        return MountTable.read().entries().stream()
                .map(MountTable.Entry::mountPoint)
                .filter(point -> point.startsWith(directory))
                .toList();
    }

    /** Unmounts all that is mounted below a directory, the last first, whoever still uses it or doesn't serve it any more. */
    static void clear(Path directory) throws IOException {
        for (Path point : below(directory).reversed()) {
            try {
                Mounts.unmount(point, Mounts.MNT_DETACH);
            } catch (ErrnoException e) {
                // EINVAL: it isn't a mount point any more; ENOENT: it isn't there. Somebody else was quicker.
                if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
    }
}
