package mille.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.Image;
import mille.engine.model.ProgressListener;
import mille.engine.model.ProgressListener.Progress;
import mille.engine.store.DiskCensus;
import mille.oci.Platform;
import mille.oci.Reference;
import mille.oci.registry.RegistryException;
import mille.testkit.Aspect;
import mille.testkit.ChildJvm;
import mille.testkit.Command;
import mille.testkit.RegistryServer;
import mille.testkit.ScratchDirectory;
import mille.testkit.TemporaryFileSystem;
import mille.testkit.TreeComparison;
import mille.testkit.TreeSnapshot;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PullTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int KILLS = 8;

    private static ScratchDirectory shared;
    private static RegistryServer registry;

    private ScratchDirectory scratch;
    private TemporaryFileSystem disk;
    private Path root;
    private Engine engine;

    @BeforeAll
    static void serve() throws IOException, InterruptedException {
        shared = ScratchDirectory.create();
        registry = RegistryServer.start(shared.path().resolve("registry"), RegistryServer.Access.EVERYONE);
        for (int layers = 2; layers <= 3; layers++) {
            Path layout = TestImages.layout(shared.path(), layers);
            registry.push(shared.path(), "oci:" + layout + ":image", "of/layers:" + layers);
        }
        Path large = TestImages.largeLayout(shared.path());
        registry.push(shared.path(), "oci:" + large + ":image", "large");
    }

    @AfterAll
    static void stopServing() throws IOException {
        registry.close();
        shared.close();
    }

    @BeforeEach
    void open() throws IOException {
        scratch = ScratchDirectory.create();
        // In memory: a pull syncs the whole file system, and a disk may have other people's data to write.
        disk = TemporaryFileSystem.tmpfs(1 << 30);
        root = disk.root().resolve("store");
        engine = Engine.open(root, AbandonedContainers.NONE);
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
        disk.close();
        scratch.close();
    }

    @Test
    void aPulledImageIsThereByTagAndDigestAndShowsWhatItsLayersMean() throws IOException {
        List<Progress> events = Collections.synchronizedList(new ArrayList<>());
        Image image = engine.pull(name("of/layers:3"), Platform.host(), events::add);

        assertEquals(List.of(name("of/layers:3")), image.tags());
        assertEquals(image, engine.image(registry.host() + "/of/layers@" + image.manifest()));
        assertEquals(
                3, events.stream().filter(Progress.Unpacked.class::isInstance).count());
        Path merged = KernelOverlay.mount(engine, image);
        Path expected = TestImages.expectedTree(shared.path());
        TreeComparison.of(
                        TreeSnapshot.of(expected),
                        TreeSnapshot.of(merged),
                        Aspect.allBut(Aspect.MODIFIED, Aspect.LINK_COUNT))
                .assertSame("the union of the layers");
    }

    @Test
    void layersThatAreThereAreNotFetchedAgain() throws IOException {
        engine.pull(name("of/layers:2"), Platform.host(), ProgressListener.NONE);
        List<Progress> events = Collections.synchronizedList(new ArrayList<>());
        engine.pull(name("of/layers:3"), Platform.host(), events::add);

        assertEquals(
                2, events.stream().filter(Progress.Present.class::isInstance).count());
        assertEquals(
                1, events.stream().filter(Progress.Downloaded.class::isInstance).count());
    }

    @Test
    void imagesThatArePulledAtTheSameTimeShareTheirLayers() throws Exception {
        try (Engine other = Engine.open(root, AbandonedContainers.NONE);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Image>> pulls = new ArrayList<>();
            for (Engine each : List.of(engine, other, engine, other)) {
                String tag = pulls.size() < 2 ? "2" : "3";
                pulls.add(threads.submit(
                        () -> each.pull(name("of/layers:" + tag), Platform.host(), ProgressListener.NONE)));
            }
            for (Future<Image> pull : pulls) {
                pull.get();
            }
        }
        try (var entries = Files.list(root.resolve("overlay2"))) {
            assertEquals(3 + 1, entries.count(), "three layers and the directory of links");
        }
        try (var entries = Files.list(root.resolve("staging"))) {
            assertEquals(0, entries.count());
        }
    }

    @Test
    void anImageThatIsNotThereIsASentence() {
        RegistryException refused = assertThrows(
                RegistryException.class, () -> engine.pull(name("no/such:1"), Platform.host(), ProgressListener.NONE));
        assertTrue(String.valueOf(refused.getMessage()).contains("no/such:1"), refused.getMessage());
    }

    @Test
    void aPullThatIsKilledAnywhereLeavesAStoreThatTheNextOneFills() throws Exception {
        engine.close();
        SortedMap<String, Long> empty = DiskCensus.of(root);
        Reference large = name("large");
        String[] pull = ChildJvm.command(PullingChild.class, root.toString(), large.toString());
        long start = System.nanoTime();
        Command.attempt(LIMIT, pull).orFail();
        long wholeMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        Image image = reopened().image(large.toString());
        assertEquals(empty, removed(large), "after a whole pull");

        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = new ProcessBuilder(pull).inheritIO().start();
            long afterMs = wholeMs / 4 + random.nextLong(wholeMs * 3 / 4);
            process.waitFor(afterMs, TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            String when = "killed after " + afterMs + " of " + wholeMs + " ms, seed " + seed;

            engine = reopened();
            if (engine.findImage(large.toString()) == null) {
                engine.close();
                assertEquals(empty, DiskCensus.of(root), when);
                engine = reopened();
                engine.pull(large, Platform.host(), ProgressListener.NONE);
            }
            assertEquals(image, engine.image(large.toString()), when);
            assertEquals(empty, removed(large), when);
        }
        engine = reopened();
    }

    private Engine reopened() throws IOException {
        engine = Engine.open(root, AbandonedContainers.NONE);
        return engine;
    }

    /** Removes the image, closes the engine, and tells what is on disk. */
    private SortedMap<String, Long> removed(Reference name) throws IOException {
        engine.removeImage(name.toString(), false);
        engine.close();
        return DiskCensus.of(root);
    }

    private static Reference name(String rest) {
        return Reference.parse(registry.host() + "/" + rest);
    }
}
