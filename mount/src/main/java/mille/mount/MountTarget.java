package mille.mount;

import java.io.IOException;
import java.nio.file.Path;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.O;

/** Where an overlay is to be seen. */
final class MountTarget {
    private MountTarget() {}

    /**
     * The directory's path without symlinks.
     *
     * @throws IOException with one sentence where there is no such directory
     */
    static Path existing(Path merged) throws IOException {
        try (Fd directory = Fd.open(merged, O.PATH | O.DIRECTORY)) {
            return directory.procPath().toRealPath();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                throw new IOException("mount point " + merged + " does not exist", e);
            }
            if (e.errno() == Errno.ENOTDIR) {
                throw new IOException("mount point " + merged + " is not a directory", e);
            }
            throw e;
        }
    }
}
