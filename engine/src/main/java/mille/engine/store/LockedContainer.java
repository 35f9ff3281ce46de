package mille.engine.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import mille.engine.model.Container;
import mille.engine.model.ContainerClaim;
import mille.engine.model.ContainerState;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileLock;
import mille.linux.O;
import org.jspecify.annotations.Nullable;

/** A claim that is a lock on a file in the container's directory: the kernel drops it when the process dies. */
public final class LockedContainer implements ContainerClaim {
    private static final int PATIENCE_MS = 1000;
    private static final int PAUSE_MS = 20;

    private final Store store;
    private final Container container;
    private final Fd lock;

    private LockedContainer(Store store, Container container, Fd lock) {
        this.store = store;
        this.container = container;
        this.lock = lock;
    }

    static Path lockFile(Layout layout, String id) {
        return layout.container(id).resolve("lock");
    }

    static LockedContainer take(Store store, Container container) throws IOException {
        // A sweeper claims containers for some milliseconds: a lock that is held isn't yet a container that runs.
        for (int waitedMs = 0; ; waitedMs += PAUSE_MS) {
            LockedContainer claim = tryTake(store, container);
            if (claim != null) {
                return claim;
            }
            boolean runs = store.containers().get(container.id()).state().isRunning();
            if (runs || waitedMs >= PATIENCE_MS) {
                throw new EngineException(
                        Reason.CONFLICT,
                        "the container " + container.name()
                                + (runs ? " is running: stop it first" : " is in use by another command"));
            }
            pause();
        }
    }

    /**
     * @return null where another has it
     */
    static @Nullable LockedContainer tryTake(Store store, Container container) throws IOException {
        Fd lock;
        try {
            lock = Fd.open(lockFile(store.layout(), container.id()), O.RDWR | O.NOFOLLOW);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                throw new EngineException(Reason.NOT_FOUND, "no such container: " + container.name(), e);
            }
            throw e;
        }
        boolean taken = false;
        try {
            taken = FileLock.tryExclusive(lock);
            // Its state may have changed while another had it.
            return taken ? new LockedContainer(store, store.containers().get(container.id()), lock) : null;
        } finally {
            if (!taken) {
                lock.close();
            }
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a container");
        }
    }

    @Override
    public Container container() {
        return container;
    }

    @Override
    public void started(int pid) throws IOException {
        store.containers().setState(container.id(), current().running(pid, Instant.now()));
    }

    @Override
    public void exited(int exitCode, String error) throws IOException {
        store.containers().setState(container.id(), current().exited(exitCode, Instant.now(), error));
    }

    private ContainerState current() throws IOException {
        return store.containers().get(container.id()).state();
    }

    /**
     * Removes the container with its layers; nothing may be mounted there. The steps stand at {@link ContainerStore}. The claim is of no use
     * afterwards but to be closed.
     */
    void remove() throws IOException {
        String id = container.id();
        Garbage garbage = store.database().write(transaction -> {
            List<String> links = new ArrayList<>();
            transaction.list(
                    row -> links.add(row.getString(1)) && links.add(row.getString(2)),
                    "SELECT link, init_link FROM container WHERE id = ?",
                    id);
            transaction.update("DELETE FROM container WHERE id = ?", id);
            Garbage unneeded = Garbage.collect(transaction);
            unneeded.links().addAll(links);
            unneeded.directories().add(id);
            unneeded.directories().add(id + Layout.INIT_SUFFIX);
            return unneeded;
        });
        store.taken(Step.FORGOTTEN);
        store.trash().take(store.layout().container(id));
        garbage.delete(store);
    }

    @Override
    public void close() {
        lock.close();
    }
}
