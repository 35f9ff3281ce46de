package mille.overlay;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import mille.linux.DirectoryReader;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.FileName;
import mille.linux.Name;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;

/**
 * Where things are made before they appear in the upper layer by one rename or link, and where what leaves it is taken apart:
 * {@code work/work}, as the kernel has it. Whatever lies in it at mount time is left of a crash, belongs to nobody, and goes.
 */
final class WorkDirectory implements AutoCloseable {
    private static final FileName INNER = FileName.of("work");

    private static final FileName INCOMPATIBLE = FileName.of("incompat");
    private static final FileName SENTINEL = FileName.of("volatile");
    private static final RelativePath SENTINEL_PATH = RelativePath.of(List.of(INNER, INCOMPATIBLE, SENTINEL));

    private final Fd fd;
    private final AtomicLong nextName = new AtomicLong();

    private WorkDirectory(Fd fd) {
        this.fd = fd;
    }

    /**
     * Makes {@code work} in the directory that the user gave, or empties the one that is there.
     *
     * @param given open with {@code O_PATH}; stays the caller's
     */
    static WorkDirectory open(Fd given) throws ErrnoException {
        removeTree(given, INNER);
        Names.makeDirectory(given, INNER, 0700);
        return new WorkDirectory(given.openAt(INNER, O.PATH | O.DIRECTORY | O.NOFOLLOW));
    }

    /** Whether the last mount was a volatile one that nobody ended: what it wrote may be lost, in part and in any order. */
    static boolean hasVolatileSentinel(Fd given) throws ErrnoException {
        try (var _ = given.openBeneath(SENTINEL_PATH, O.PATH)) {
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                return false;
            }
            throw e;
        }
    }

    /** From now on a crash is noticed by the next mount: the kernel's overlay looks for the same name. */
    void placeVolatileSentinel() throws ErrnoException {
        Names.makeDirectory(fd, INCOMPATIBLE, 0700);
        try (Fd directory = fd.openAt(INCOMPATIBLE, O.PATH | O.DIRECTORY | O.NOFOLLOW)) {
            Names.makeDirectory(directory, SENTINEL, 0700);
        }
    }

    /**
     * Ends a volatile mount well: all that it wrote reaches the disk before the sentinel goes.
     *
     * @param upper the upper directory, open to read
     */
    void removeVolatileSentinel(Fd upper) throws ErrnoException {
        FileData.syncFileSystem(upper);
        removeTree(fd, INCOMPATIBLE);
    }

    /** {@code O_PATH}. */
    Fd fd() {
        return fd;
    }

    /** A name that nobody uses. */
    FileName temporaryName() {
        return FileName.of("#" + Long.toHexString(nextName.incrementAndGet()));
    }

    /** Removes what lies under a name here, whatever it is; nothing at all is fine. */
    void discard(FileName name) throws ErrnoException {
        removeTree(fd, name);
    }

    /** Removes a name with all that is beneath it; follows no symlink. Nothing at all is fine. */
    static void removeTree(Fd directory, Name name) throws ErrnoException {
        try {
            Names.unlink(directory, name);
            return;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return;
            }
            if (e.errno() != Errno.EISDIR) {
                throw e;
            }
        }
        empty(directory, name);
        Names.removeDirectory(directory, name);
    }

    private static void empty(Fd directory, Name name) throws ErrnoException {
        try (Fd inside = directory.openAt(name, O.RDONLY | O.DIRECTORY | O.NOFOLLOW)) {
            DirectoryReader.forEach(inside, (child, _, _) -> removeTree(inside, child));
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
