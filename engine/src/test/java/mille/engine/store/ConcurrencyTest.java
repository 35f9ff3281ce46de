package mille.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.Container;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.engine.model.NewContainer;
import mille.testkit.TemporaryFileSystem;
import org.junit.jupiter.api.Test;

/** Commands at the same time, each with a store of its own to look through, as processes have. */
final class ConcurrencyTest {
    private static final int THREADS = 4;
    private static final int COMMANDS = 40;

    /** What a command may be told because of another one. */
    private static final Set<Reason> EXPECTED = EnumSet.of(Reason.NOT_FOUND, Reason.CONFLICT);

    @Test
    void commandsAtTheSameTimeFindEverythingWholeAndLeaveNothing() throws Exception {
        long seed = new Random().nextLong();
        try (TemporaryFileSystem disk = TemporaryFileSystem.tmpfs(256 << 20)) {
            Path root = disk.root().resolve("store");
            Store.open(root).close();
            SortedMap<String, Long> empty = DiskCensus.of(root);
            try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
                List<Future<?>> running = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    Random random = new Random(seed + thread);
                    running.add(threads.submit(() -> {
                        for (int i = 0; i < COMMANDS; i++) {
                            command(root, random);
                        }
                        return null;
                    }));
                }
                for (Future<?> each : running) {
                    each.get();
                }
            } catch (Exception e) {
                throw new AssertionError("seed " + seed, e);
            }
            emptyAll(root);
            assertEquals(empty, DiskCensus.of(root), "seed " + seed);
        }
    }

    private static void command(Path root, Random random) throws IOException {
        try (Store store = Store.open(root)) {
            store.sweep(AbandonedContainers.NONE);
            String image = "image" + random.nextInt(3);
            String container = "container" + random.nextInt(3);
            try {
                switch (random.nextInt(6)) {
                    case 0, 1 -> new StoredImages(store).make(image, "base", "for " + image, "top" + random.nextInt(2));
                    case 2 -> create(store, container, image);
                    case 3 -> run(store, container);
                    case 4 -> remove(store, container);
                    default -> store.removeImage(image, random.nextBoolean());
                }
            } catch (EngineException e) {
                assertTrue(EXPECTED.contains(e.reason()), () -> "not to be expected: " + e);
            }
        }
    }

    private static void create(Store store, String name, String image) throws IOException {
        try (Session session = store.beginSession()) {
            Container container = store.containers().create(session, new NewContainer(name, image, new JsonObject()));
            for (Path lower : store.containers().directories(container).lowers()) {
                assertTrue(Files.isDirectory(lower), () -> lower + " of a new container is missing");
            }
        }
    }

    private static void run(Store store, String name) throws IOException {
        try (LockedContainer claim = store.containers().claim(store.containers().get(name))) {
            claim.started(4711);
            Path upper = store.containers().directories(claim.container()).upper();
            Files.writeString(upper.resolve("written"), name);
            assertTrue(store.containers().get(name).state().isRunning(), "nobody may end what is claimed");
            claim.exited(0, "");
        }
    }

    private static void remove(Store store, String name) throws IOException {
        try (LockedContainer claim = store.containers().claim(store.containers().get(name))) {
            store.removeContainer(claim);
        }
    }

    private static void emptyAll(Path root) throws IOException {
        try (Store store = Store.open(root)) {
            for (Container container : store.containers().list()) {
                remove(store, container.name());
            }
            for (var image : store.images().list()) {
                store.removeImage(image.id().toString(), true);
            }
        }
    }
}
