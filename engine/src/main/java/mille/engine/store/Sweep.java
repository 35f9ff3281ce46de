package mille.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.Container;
import mille.engine.model.ContainerState;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.oci.Digest;

/**
 * What the dead left behind, put in order: at the start of every command, beside others that are at work.
 *
 * <ol>
 *   <li>containers that are said to run while no process claims them: their processes are ended, their mounts taken, they have exited with
 *       {@value ContainerState#KILLED}; and mounts that nobody answers for
 *   <li>sessions whose process is gone, with their leases
 *   <li>layers and blobs that nobody needs any more, now that those leases are gone
 *   <li>files and directories that the database doesn't name
 *   <li>the trash
 * </ol>
 *
 * Each step may be cut short; the next sweep takes it up.
 */
final class Sweep {
    private final Store store;

    private Sweep(Store store) {
        this.store = store;
    }

    static void run(Store store, AbandonedContainers abandoned) throws IOException {
        Sweep sweep = new Sweep(store);
        sweep.containers(abandoned);
        Session.sweep(store);
        sweep.garbage();
        sweep.orphans();
        store.trash().empty();
    }

    /** The mounts are read before the records: who mounts has made the record first, so no living container's is taken for a stray. */
    private void containers(AbandonedContainers abandoned) throws IOException {
        Path layers = store.layout().layers();
        List<Path> mounts = StaleMounts.below(layers);
        Set<Path> known = new HashSet<>();
        for (Container container : store.containers().list()) {
            Path directory = layers.resolve(container.id());
            known.add(directory);
            if (container.state().isRunning() || mounts.stream().anyMatch(mount -> mount.startsWith(directory))) {
                endIfAbandoned(container, directory, abandoned);
            }
        }
        for (Path mount : mounts) {
            if (mount.getNameCount() > layers.getNameCount()) {
                Path directory = layers.resolve(layers.relativize(mount).getName(0));
                if (!known.contains(directory)) {
                    StaleMounts.clear(directory);
                }
            }
        }
    }

    private void endIfAbandoned(Container container, Path directory, AbandonedContainers abandoned) throws IOException {
        try (LockedContainer claim = LockedContainer.tryTake(store, container)) {
            if (claim == null) {
                return;
            }
            if (claim.container().state().isRunning()) {
                claim.exited(ContainerState.KILLED, end(claim.container(), abandoned));
            }
            StaleMounts.clear(directory);
        } catch (EngineException e) {
            if (e.reason() != Reason.NOT_FOUND) { // removed meanwhile
                throw e;
            }
        }
    }

    /** What can't be ended is told by the container's record: it must not stand in the way of every later command. */
    private String end(Container container, AbandonedContainers abandoned) {
        String error = "the process that ran it was killed";
        try {
            abandoned.end(container, store.containers().directory(container));
            return error;
        } catch (IOException e) {
            return error + ", and what it left can't be ended: " + e.getMessage();
        }
    }

    private void garbage() throws IOException {
        store.database().write(Garbage::collect).delete(store);
    }

    /** Looks first without keeping writers out, and again with them out only where there is something to look at. */
    private void orphans() throws IOException {
        if (store.database().read(this::findOrphans).isEmpty()) {
            return;
        }
        store.database().change(transaction -> {
            for (Path orphan : findOrphans(transaction)) {
                store.trash().take(orphan);
            }
        });
    }

    private List<Path> findOrphans(Transaction transaction) throws SQLException, IOException {
        Layout layout = store.layout();
        Set<String> containers = new HashSet<>(transaction.strings("SELECT id FROM container"));
        Set<String> directories = new HashSet<>(transaction.strings("SELECT directory FROM layer"));
        directories.add(layout.links().getFileName().toString());
        for (String container : containers) {
            directories.add(container);
            directories.add(container + Layout.INIT_SUFFIX);
        }
        Set<String> links = new HashSet<>(transaction.strings(
                "SELECT link FROM layer UNION SELECT link FROM container UNION SELECT init_link FROM container"));
        Set<String> blobs = new HashSet<>(transaction.strings("SELECT digest FROM blob"));
        List<Path> orphans = new ArrayList<>();
        addUnnamed(layout.layers(), directories, "", orphans);
        addUnnamed(layout.links(), links, "", orphans);
        addUnnamed(layout.containers(), containers, "", orphans);
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            addUnnamed(layout.blobs(algorithm), blobs, algorithm.label() + ":", orphans);
        }
        return orphans;
    }

    private static void addUnnamed(Path directory, Set<String> named, String prefix, List<Path> orphans)
            throws IOException {
        for (Path entry : Directories.list(directory)) {
            if (!named.contains(prefix + entry.getFileName())) {
                orphans.add(entry);
            }
        }
    }
}
