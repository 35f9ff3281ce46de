package mille.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.Container;
import mille.engine.model.ContainerState;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.engine.model.GraphDriver;
import mille.engine.model.Image;
import mille.engine.model.NewContainer;
import mille.engine.model.RemovedImage;
import mille.oci.Digest;
import mille.oci.Reference;
import mille.testkit.TemporaryFileSystem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StoreTest {
    private TemporaryFileSystem disk;
    private Path root;
    private Store store;
    private StoredImages images;

    @BeforeEach
    void open() throws IOException {
        disk = TemporaryFileSystem.tmpfs(64 << 20);
        root = disk.root().resolve("store");
        store = Store.open(root);
        images = new StoredImages(store);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        disk.close();
    }

    @Test
    void imagesThatShareLayersStoreThemOnce() throws IOException {
        Image one = images.make("one", "base", "app");
        Image other = images.make("other", "base", "tool");

        assertEquals(one.diffIds().getFirst(), other.diffIds().getFirst());
        try (var layers = Files.list(root.resolve("overlay2"))) {
            assertEquals(3 + 1, layers.count(), "three layers and the directory of links");
        }
    }

    @Test
    void layersLieAsDockerLaysThemOut() throws IOException {
        Image image = images.make("one", "base", "app");
        GraphDriver directories = store.imageDirectories(image);

        Path top = layerOf(directories.upper());
        Path lowest = layerOf(directories.lowers().getFirst());
        String link = Files.readString(lowest.resolve("link"));
        assertTrue(link.matches("[A-Z2-7]{26}"), link);
        assertEquals("l/" + link, Files.readString(top.resolve("lower")));
        assertTrue(Files.isDirectory(top.resolve("work")));
        assertFalse(Files.exists(lowest.resolve("lower")), "a lowest layer stands on nothing");
        Path shortPath = root.resolve("overlay2/l").resolve(link);
        assertEquals(Path.of("..", lowest.getFileName().toString(), "diff"), Files.readSymbolicLink(shortPath));
        assertTrue(Files.isSameFile(shortPath, lowest.resolve("diff")));
    }

    @Test
    void removingEverythingLeavesTheDiskAsItWas() throws IOException {
        store.close();
        store = Store.open(root);
        SortedMap<String, Long> before = DiskCensus.of(root);

        Image image = new StoredImages(store).make("one", "base", "app");
        new StoredImages(store).make("other", "base", "tool");
        Container container = create("c1", "one");
        Files.writeString(store.containers().directories(container).upper().resolve("hello.txt"), "hello");
        try (LockedContainer claim = store.containers().claim(container)) {
            store.removeContainer(claim);
        }
        RemovedImage removed = store.removeImage("one", false);
        store.removeImage("other", false);
        store.close();
        store = Store.open(root);

        assertEquals(before, DiskCensus.of(root));
        assertEquals(image.id(), removed.deleted().getFirst());
        assertEquals(2, removed.deleted().size(), "the layer that the other image needs stays");
    }

    @Test
    void anImageKeepsItsLayersAsLongAsAContainerNeedsThem() throws IOException {
        images.make("one", "base", "app");
        Container container = create("c1", "one");

        assertEquals(
                Reason.CONFLICT,
                assertThrows(EngineException.class, () -> store.removeImage("one", false))
                        .reason());
        store.removeImage("one", true);

        GraphDriver directories = store.containers().directories(container);
        assertEquals(3, directories.lowers().size());
        for (Path lower : directories.lowers()) {
            assertTrue(Files.isDirectory(lower), lower.toString());
        }
        assertNull(store.images().find("one"));
    }

    @Test
    void anImageInUseByARunningContainerStaysWhateverForce() throws IOException {
        Image image = images.make("one", "base");
        try (LockedContainer claim = store.containers().claim(create("c1", "one"))) {
            claim.started(4711);
            assertThrows(
                    EngineException.class, () -> store.removeImage(image.id().toString(), true));
            assertEquals(2, store.removeImage("one", true).untagged().size());
            assertEquals(image.id(), store.images().get(image.shortId()).id());
        }
    }

    @Test
    void aTagThatMovesLeavesTheOldImageWithoutOne() throws IOException {
        Image old = images.make("one", "base");
        Image young = images.make("one", "base", "more");

        assertEquals(young.id(), store.images().get("one").id());
        assertEquals(List.of(), store.images().get(old.id().toString()).tags());
        assertEquals(
                List.of(Reference.parse("one:latest")),
                store.images().get("one").tags());
    }

    @Test
    void oneOfTwoNamesGoesWithoutTheImage() throws IOException {
        Image image = images.make("one", "base");
        store.images()
                .put(new NewImage(
                        image.id(),
                        image.manifest(),
                        null,
                        image.platform(),
                        image.created(),
                        Set.of(),
                        List.of(Reference.parse("two:7"))));

        RemovedImage removed = store.removeImage("one", false);

        assertEquals(List.of(), removed.deleted());
        assertEquals(image.id(), store.images().get("two:7").id());
        assertNull(store.images().find("one"));
    }

    @Test
    void containersAreFoundByNameIdAndStartOfAnId() throws IOException {
        images.make("one", "base");
        Container container = create("c1", "one");

        assertEquals(container, store.containers().get("c1"));
        assertEquals(container, store.containers().get(container.id()));
        assertEquals(container, store.containers().get(container.shortId()));
        assertNull(store.containers().find("nobody"));
        assertEquals(
                Reason.CONFLICT,
                assertThrows(EngineException.class, () -> create("c1", "one")).reason());
    }

    @Test
    void aContainerWithoutANameGetsOne() throws IOException {
        images.make("one", "base");
        assertTrue(create(null, "one").name().matches("[a-z]+_[a-z]+"));
    }

    @Test
    void aContainerCanBeClaimedOnce() throws IOException {
        images.make("one", "base");
        Container container = create("c1", "one");
        try (LockedContainer claim = store.containers().claim(container)) {
            claim.started(1);
            assertEquals(
                    Reason.CONFLICT,
                    assertThrows(EngineException.class, () -> store.containers().claim(container))
                            .reason());
        }
        store.containers().claim(container).close();
    }

    @Test
    void aContainerThatNobodyClaimsAnyMoreHasExited() throws IOException {
        images.make("one", "base");
        Container dead = create("dead", "one");
        try (LockedContainer claim = store.containers().claim(dead)) {
            claim.started(4711);
        }
        Container alive = create("alive", "one");
        try (LockedContainer claim = store.containers().claim(alive)) {
            claim.started(4712);
            List<Integer> ended = new ArrayList<>();
            store.sweep((container, directory) -> ended.add(container.state().pid()));
            assertEquals(List.of(4711), ended);
        }
        ContainerState state = store.containers().get("dead").state();
        assertEquals(ContainerState.Status.EXITED, state.status());
        assertEquals(ContainerState.KILLED, state.exitCode());
        assertTrue(store.containers().get("alive").state().isRunning());
    }

    @Test
    void aSweepLeavesTheLivingAlone() throws IOException {
        try (Session session = store.beginSession()) {
            Path half = Files.createDirectory(session.newPath());
            var blob = images.blob(session, "mine");
            StoredLayer layer = images.layer(session, "mine", null);

            store.sweep(AbandonedContainers.NONE);

            assertTrue(Files.isDirectory(half));
            assertTrue(store.blobs().lease(session, blob));
            assertEquals(layer, store.layers().lease(session, layer.chainId()));
        }
        store.sweep(AbandonedContainers.NONE);
        assertEquals(List.of(), Directories.list(root.resolve("blobs/sha256")));
        assertEquals(List.of(), Directories.list(root.resolve("staging")));
        assertEquals(List.of(), Directories.list(root.resolve("overlay2/l")));
    }

    @Test
    void aBlobOfOtherBytesIsRefused() throws IOException {
        try (Session session = store.beginSession()) {
            var digest = Digest.of(new byte[] {1});
            assertThrows(EngineException.class, () -> store.blobs().put(session, digest, new byte[] {2}));
            assertThrows(EngineException.class, () -> store.blobs().put(session, digest, new byte[] {1, 2}));
            assertFalse(store.blobs().lease(session, digest));
        }
    }

    @Test
    void aStoreOfALaterVersionIsRefused() throws IOException {
        store.database().change(transaction -> transaction.update("PRAGMA user_version = 999"));
        store.close();
        EngineException refused = assertThrows(EngineException.class, () -> Store.open(root));
        assertTrue(String.valueOf(refused.getMessage()).contains("version 999"));
        store = Store.open(disk.root().resolve("another"));
    }

    private static Path layerOf(Path diff) {
        return diff.resolve("..").normalize();
    }

    private Container create(@Nullable String name, String image) throws IOException {
        try (Session session = store.beginSession()) {
            return store.containers().create(session, new NewContainer(name, image, new JsonObject()));
        }
    }
}
