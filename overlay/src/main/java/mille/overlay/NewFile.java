package mille.overlay;

import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/** What can be made in a directory. */
sealed interface NewFile {
    /** Type and permission bits as asked for, before any umask or default ACL. */
    int mode();

    /**
     * Makes it under a name that is free.
     *
     * @return a descriptor where making it opened it
     */
    @Nullable
    Fd make(Fd directory, FileName name, int permissions) throws ErrnoException;

    record Directory(int mode) implements NewFile {
        @Override
        public @Nullable Fd make(Fd directory, FileName name, int permissions) throws ErrnoException {
            Names.makeDirectory(directory, name, permissions);
            return null;
        }
    }

    /**
     * A regular file, opened as it is made.
     *
     * @param openFlags of {@link O}, the access mode at least
     */
    record Regular(int mode, int openFlags) implements NewFile {
        @Override
        public @Nullable Fd make(Fd directory, FileName name, int permissions) throws ErrnoException {
            return directory.openAt(name, openFlags | O.CREAT | O.EXCL | O.NOFOLLOW, permissions);
        }
    }

    /** Anything that {@code mknod(2)} makes; a regular file too, when nobody opens it. */
    record Special(int mode, long device) implements NewFile {
        @Override
        public @Nullable Fd make(Fd directory, FileName name, int permissions) throws ErrnoException {
            Names.makeNode(directory, name, (mode & Stat.S_IFMT) | permissions, device);
            return null;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Symlink(byte[] target) implements NewFile {
        @Override
        public int mode() {
            return Stat.S_IFLNK | 0777;
        }

        @Override
        public @Nullable Fd make(Fd directory, FileName name, int permissions) throws ErrnoException {
            Names.makeSymlink(target, directory, name);
            return null;
        }
    }
}
