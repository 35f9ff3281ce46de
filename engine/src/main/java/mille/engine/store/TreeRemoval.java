package mille.engine.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mille.linux.DirectoryReader;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.Stat;

/**
 * Deletes the trees in one directory, the trash.
 *
 * <p>Each name is removed through the descriptor of the directory that holds it, symlinks are never followed, and another file system that
 * is mounted within is never entered (EBUSY): nothing outside can be hit, whatever a container left there. A tree may be deeper than a
 * path can say: what lies below {@value #MAX_DEPTH} levels is moved up into the trash and deleted from there. Two processes may delete the
 * same tree at the same time.
 */
final class TreeRemoval {
    /** One descriptor and one stack frame are held for each level. */
    private static final int MAX_DEPTH = 100;

    private final Fd trash;
    private final long device;
    private final RandomNames names;

    private TreeRemoval(Fd trash, long device, RandomNames names) {
        this.trash = trash;
        this.device = device;
        this.names = names;
    }

    /** Deletes all that the directory holds, not the directory itself. */
    static void empty(Path directory, RandomNames names) throws ErrnoException {
        try (Fd trash = Fd.open(directory, O.RDONLY | O.DIRECTORY | O.NOFOLLOW)) {
            TreeRemoval removal = new TreeRemoval(trash, Stat.of(trash).device(), names);
            // Deep trees come back to the top in pieces: look again until nothing is left.
            while (removal.removeChildren(trash, 0)) {
                FileData.seek(trash, 0, 0);
            }
        }
    }

    /**
     * @return whether there was anything
     */
    private boolean removeChildren(Fd directory, int depth) throws ErrnoException {
        List<FileName> subdirectories = new ArrayList<>();
        boolean[] any = {false};
        DirectoryReader.forEach(directory, (name, inode, type) -> {
            any[0] = true;
            if (type == DirectoryReader.DT_DIR
                    || (type == DirectoryReader.DT_UNKNOWN && isDirectory(directory, name))) {
                subdirectories.add(name);
            } else {
                ignoringGone(() -> Names.unlink(directory, name));
            }
        });
        for (FileName name : subdirectories) {
            ignoringGone(() -> removeDirectory(directory, name, depth + 1));
        }
        return any[0];
    }

    private void removeDirectory(Fd parent, FileName name, int depth) throws ErrnoException {
        if (depth > MAX_DEPTH) {
            Names.rename(parent, name, trash, FileName.of(names.id()), Names.RENAME_NOREPLACE);
            return;
        }
        try (Fd directory = parent.openAt(name, O.RDONLY | O.DIRECTORY | O.NOFOLLOW)) {
            if (Stat.of(directory).device() != device) {
                throw new ErrnoException(Errno.EBUSY, "a file system is mounted at " + name);
            }
            removeChildren(directory, depth);
        }
        Names.removeDirectory(parent, name);
    }

    private static boolean isDirectory(Fd directory, FileName name) throws ErrnoException {
        Stat stat = Stat.atOrNull(directory, name);
        return stat != null && stat.isDirectory();
    }

    private interface Removal {
        void run() throws ErrnoException;
    }

    private static void ignoringGone(Removal removal) throws ErrnoException {
        try {
            removal.run();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }
}
