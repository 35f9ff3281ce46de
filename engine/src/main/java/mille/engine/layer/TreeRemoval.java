package mille.engine.layer;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import mille.linux.DirectoryReader;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;

/**
 * Deletes trees that strangers have filled.
 *
 * <p>Each name is removed through the descriptor of the directory that holds it, symlinks are never followed, and another file system that
 * is mounted within is never entered (EBUSY): nothing outside can be hit. A tree may be deeper than a path can say: what lies below
 * {@value #MAX_DEPTH} levels is moved up to the directory where the removal began, and deleted from there. Several processes may delete the
 * same tree at the same time.
 */
public final class TreeRemoval {
    /** One descriptor and one stack frame are held for each level. */
    private static final int MAX_DEPTH = 100;

    private static final int NAME_BYTES = 16;

    private final Fd top;
    private final long device;
    private final Deque<FileName> pending = new ArrayDeque<>();

    private TreeRemoval(Fd top) throws ErrnoException {
        this.top = top;
        this.device = Stat.of(top).device();
    }

    /** Deletes all that the directory holds, not the directory itself. */
    public static void empty(Path directory) throws ErrnoException {
        try (Fd top = Fd.open(directory, O.RDONLY | O.DIRECTORY | O.NOFOLLOW)) {
            TreeRemoval removal = new TreeRemoval(top);
            removal.removeChildren(top, 0);
            removal.removePending();
        }
    }

    /** Deletes a name and, where it is a directory, all below it; does nothing where it isn't there. */
    public static void remove(Fd directory, FileName name) throws ErrnoException {
        if (!isDirectory(directory, name)) {
            ignoringGone(() -> Names.unlink(directory, name));
            return;
        }
        TreeRemoval removal = new TreeRemoval(directory);
        removal.pending.add(name);
        removal.removePending();
    }

    private void removePending() throws ErrnoException {
        while (!pending.isEmpty()) {
            FileName name = pending.remove();
            ignoringGone(() -> removeDirectory(top, name, 1));
        }
    }

    private void removeChildren(Fd directory, int depth) throws ErrnoException {
        List<FileName> subdirectories = new ArrayList<>();
        try (Fd listing = directory.openAt(RelativePath.EMPTY, O.RDONLY | O.DIRECTORY)) {
            DirectoryReader.forEach(listing, (name, inode, type) -> {
                boolean unknown = type == DirectoryReader.DT_UNKNOWN;
                if (type == DirectoryReader.DT_DIR || (unknown && isDirectory(directory, name))) {
                    subdirectories.add(name);
                } else {
                    ignoringGone(() -> Names.unlink(directory, name));
                }
            });
        }
        for (FileName name : subdirectories) {
            ignoringGone(() -> removeDirectory(directory, name, depth + 1));
        }
    }

    private void removeDirectory(Fd parent, FileName name, int depth) throws ErrnoException {
        if (depth > MAX_DEPTH) {
            FileName aside = FileName.of(randomName());
            Names.rename(parent, name, top, aside, Names.RENAME_NOREPLACE);
            pending.add(aside);
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

    private static String randomName() {
        byte[] bytes = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
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
