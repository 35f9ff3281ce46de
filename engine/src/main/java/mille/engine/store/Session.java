package mille.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileLock;
import mille.linux.O;
import mille.linux.Stat;

/**
 * One piece of work that adds to the store, such as a pull: a directory of its own under {@code staging}, and leases on the blobs and layers
 * that it uses until an image or a container names them.
 *
 * <p>It lives as long as a lock on {@code staging/<id>.lock} is held, and the kernel drops that lock when the process dies. May be used by
 * several threads.
 *
 * <p>To begin:
 *
 * <ol>
 *   <li>make the lock file and lock it: a crash leaves a file that nobody holds, which is swept
 *   <li>make the directory
 * </ol>
 *
 * To end: drop the leases, with all that only they kept; delete the directory, then the lock file. What isn't done by then is swept.
 */
public final class Session implements AutoCloseable {
    private static final String LOCK_SUFFIX = ".lock";
    private static final int OWNER_ONLY = 0600;

    private final Store store;
    private final String id;
    private final Fd lock;

    private Session(Store store, String id, Fd lock) {
        this.store = store;
        this.id = id;
        this.lock = lock;
    }

    static Session begin(Store store) throws IOException {
        while (true) {
            String id = store.names().id();
            Path lockFile = lockFile(store.layout(), id);
            Fd lock = Fd.open(lockFile, O.RDWR | O.CREAT | O.EXCL, OWNER_ONLY);
            // A sweeper may have seen the file before the lock was on it, and have removed it: then it is no file that
            // others can see.
            if (!FileLock.tryExclusive(lock) || Stat.of(lock).linkCount() == 0) {
                lock.close();
                continue;
            }
            Session session = new Session(store, id, lock);
            store.taken(Step.SESSION_LOCK_MADE);
            Files.createDirectory(session.directory());
            store.taken(Step.SESSION_DIRECTORY_MADE);
            return session;
        }
    }

    private static Path lockFile(Layout layout, String id) {
        return layout.staging().resolve(id + LOCK_SUFFIX);
    }

    String id() {
        return id;
    }

    private Path directory() {
        return store.layout().staging().resolve(id);
    }

    /** A path in the session's directory that nothing has yet. */
    public Path newPath() {
        return directory().resolve(store.names().id());
    }

    @Override
    public void close() throws IOException {
        if (lock.isClosed()) {
            return;
        }
        try {
            end(store, id);
        } finally {
            lock.close();
        }
    }

    /** The caller holds the lock. */
    private static void end(Store store, String id) throws IOException {
        Garbage garbage = store.database().write(transaction -> {
            transaction.update("DELETE FROM lease WHERE session = ?", id);
            return Garbage.collect(transaction);
        });
        store.taken(Step.SESSION_LEASES_DROPPED);
        garbage.delete(store);
        store.trash().take(store.layout().staging().resolve(id));
        store.trash().empty();
        store.taken(Step.SESSION_DIRECTORY_REMOVED);
        Files.deleteIfExists(lockFile(store.layout(), id));
    }

    /** Ends all sessions whose processes are gone. Leaves those alone that live, in this process or another. */
    static void sweep(Store store) throws IOException {
        for (Path path : Directories.list(store.layout().staging())) {
            String name = path.getFileName().toString();
            String id = name.endsWith(LOCK_SUFFIX) ? name.substring(0, name.length() - LOCK_SUFFIX.length()) : name;
            try (Fd lock = Fd.open(lockFile(store.layout(), id), O.RDWR | O.NOFOLLOW)) {
                if (FileLock.tryExclusive(lock)) {
                    end(store, id);
                }
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
                // Ended meanwhile; or a directory without its lock file, which a session never has while it lives.
                store.trash().take(path);
            }
        }
    }
}
