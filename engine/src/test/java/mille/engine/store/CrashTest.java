package mille.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.Container;
import mille.engine.model.Image;
import mille.testkit.ChildJvm;
import mille.testkit.Command;
import mille.testkit.TemporaryFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process is ended at each of its steps; what the next one finds must be the state before or after, and nothing else on disk. */
final class CrashTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private TemporaryFileSystem disk;
    private Path root;

    @BeforeEach
    void open() throws IOException {
        disk = TemporaryFileSystem.tmpfs(256 << 20);
        root = disk.root().resolve("store");
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @Test
    void filledHalfwayAStoreIsAsBeforeOrAsAfterAndCanBeFilled() throws IOException {
        SortedMap<String, Long> empty = emptied();
        Set<String> steps = new LinkedHashSet<>();
        for (int step = 1; crashed("fill", step, steps); step++) {
            try (Store store = Store.open(root)) {
                store.sweep(AbandonedContainers.NONE);
                assertWhole(store);
                if (store.containers().find("c1") == null) {
                    if (store.images().find("one") == null) {
                        assertNothingButTheDatabase(empty, store, step);
                    }
                    CrashingChild.fill(store);
                }
                assertWhole(store);
            }
            assertEquals(empty, emptied(), "after step " + step + " of " + steps);
        }
        assertTrue(
                steps.contains(Step.LAYER_IN_PLACE.name()) && steps.contains(Step.CONTAINER_NAMED.name()),
                steps.toString());
    }

    @Test
    void emptiedHalfwayAStoreLosesTheRestAtTheNextStart() throws IOException {
        SortedMap<String, Long> empty = emptied();
        Set<String> steps = new LinkedHashSet<>();
        int step = 0;
        do {
            try (Store store = Store.open(root)) {
                CrashingChild.fill(store);
            }
            step++;
            boolean crashed = crashed("empty", step, steps);
            try (Store store = Store.open(root)) {
                store.sweep(AbandonedContainers.NONE);
                assertWhole(store);
            }
            assertEquals(empty, emptied(), "after step " + step + " of " + steps);
            if (!crashed) {
                break;
            }
        } while (true);
        assertTrue(steps.contains(Step.IN_TRASH.name()), steps.toString());
    }

    /** Runs a process that halts at the step; false where it has fewer. */
    private boolean crashed(String what, int step, Set<String> steps) throws IOException {
        Command.Outcome outcome = Command.attempt(
                LIMIT, ChildJvm.command(CrashingChild.class, root.toString(), what, Integer.toString(step)));
        if (outcome.exitCode() == CrashingChild.HALTED) {
            steps.add(outcome.output().strip());
            return true;
        }
        outcome.orFail();
        return false;
    }

    /** What the database names is there, and nothing else is. */
    private void assertWhole(Store store) throws IOException {
        Set<Path> named = new LinkedHashSet<>();
        for (Image image : store.images().list()) {
            for (StoredLayer layer : store.layers().chain(store.images().topOf(image.id()))) {
                named.add(store.layout().layer(layer.directory()));
                assertTrue(Files.isSameFile(
                        store.layout().links().resolve(layer.link()),
                        store.layout().diff(layer.directory())));
            }
            store.blobs().read(image.id());
            store.blobs().read(image.manifest());
        }
        for (Container container : store.containers().list()) {
            named.add(store.layout().layer(container.id()));
            named.add(store.layout().layer(container.id() + Layout.INIT_SUFFIX));
            assertTrue(Files.isDirectory(store.containers().directory(container)));
        }
        named.add(store.layout().links());
        assertEquals(named, Set.copyOf(Directories.list(store.layout().layers())));
        assertEquals(0, Directories.list(store.layout().staging()).size());
        assertEquals(0, Directories.list(store.layout().trash()).size());
    }

    private static void assertNothingButTheDatabase(SortedMap<String, Long> empty, Store store, int step)
            throws IOException {
        assertEquals(empty.keySet(), DiskCensus.of(store.layout().root()).keySet(), "after step " + step);
    }

    /** What is on disk after all that is there was removed, and the database is closed. */
    private SortedMap<String, Long> emptied() throws IOException {
        try (Store store = Store.open(root)) {
            if (store.containers().find("c1") != null) {
                CrashingChild.empty(store);
            } else if (store.images().find("one") != null) {
                store.removeImage("one", false);
            }
        }
        return DiskCensus.of(root);
    }
}
