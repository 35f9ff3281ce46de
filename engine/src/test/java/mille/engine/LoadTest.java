package mille.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.Container;
import mille.engine.model.Image;
import mille.engine.model.NewContainer;
import mille.engine.model.ProgressListener;
import mille.oci.Platform;
import mille.oci.Reference;
import mille.testkit.Aspect;
import mille.testkit.Command;
import mille.testkit.DebianRoot;
import mille.testkit.ScratchDirectory;
import mille.testkit.TemporaryFileSystem;
import mille.testkit.TreeComparison;
import mille.testkit.TreeSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LoadTest {
    private ScratchDirectory scratch;
    private TemporaryFileSystem disk;
    private Path root;
    private Engine engine;

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
    void anImageIsTheSameFromEveryArchive() throws IOException {
        Path layout = TestImages.layout(scratch.path());
        Path ociTar = scratch.path().resolve("oci.tar");
        TestImages.copy("oci:" + layout + ":image", "oci-archive:" + ociTar + ":image");
        Path docker = scratch.path().resolve("docker.tar");
        TestImages.copy("oci:" + layout + ":image", "docker-archive:" + docker + ":example.org/some/thing:7");

        Image fromLayout = load(layout);
        Image fromTar = load(ociTar);
        Image fromDocker = load(docker);

        assertEquals(fromLayout.diffIds(), fromTar.diffIds());
        assertEquals(fromLayout.diffIds(), fromDocker.diffIds());
        assertEquals(fromDocker.id(), engine.image("example.org/some/thing:7").id());
        assertEquals(engine.directories(fromLayout), engine.directories(fromDocker), "equal layers are stored once");
    }

    @Test
    void whatAContainerSeesIsWhatTheLayersMeanTogether() throws IOException {
        Image image = load(TestImages.layout(scratch.path()));
        Path expected = TestImages.expectedTree(scratch.path());
        Path merged = KernelOverlay.mount(engine, image);

        TreeComparison.of(
                        TreeSnapshot.of(expected),
                        TreeSnapshot.of(merged),
                        Aspect.allBut(Aspect.MODIFIED, Aspect.LINK_COUNT))
                .assertSame("the union of the layers");
    }

    @Test
    void anImageOfSharedLayersCostsOnlyWhatItAdds() throws IOException {
        load(TestImages.layout(scratch.path(), 2));
        long before = entries(root.resolve("overlay2"));
        load(TestImages.layout(scratch.path(), 3));
        assertEquals(before + 1, entries(root.resolve("overlay2")));
    }

    @Test
    void aDamagedBlobIsRefusedAndLeavesNothing() throws IOException {
        Path layout = TestImages.layout(scratch.path());
        Path largest = Path.of(Command.run("sh", "-ceu", "ls -S $0/blobs/sha256/* | head -1", layout.toString())
                .strip());
        try (RandomAccessFile blob = new RandomAccessFile(largest.toFile(), "rw")) {
            blob.seek(blob.length() / 2);
            int old = blob.read();
            blob.seek(blob.length() / 2);
            blob.write(old ^ 1);
        }
        assertThrows(IOException.class, () -> load(layout));
        assertEquals(List.of(), engine.images());
        assertEquals(1, entries(root.resolve("overlay2")), "no layer but the directory of links");
        assertEquals(0, entries(root.resolve("blobs/sha256")));
    }

    @Test
    void aDebianRootComesOutAsGnuTarUnpacksIt() throws IOException {
        Path expected = scratch.directory("expected");
        Command.run(
                "tar",
                "-C",
                expected.toString(),
                "--xattrs",
                "--xattrs-include=*",
                "--numeric-owner",
                "-xpf",
                DebianRoot.tar().toString());

        Path packed = scratch.path().resolve("debian.tar.gz");
        Command.run("sh", "-ceu", "gzip -1 -c $0 > $1", DebianRoot.tar().toString(), packed.toString());
        Image image = engine.importRootfs(packed, Reference.parse("debian:12"), ProgressListener.NONE);

        Path diff = engine.directories(image).upper();
        TreeSnapshot unpacked = TreeSnapshot.of(diff);
        assertTrue(unpacked.entries().size() > 8000);
        TreeComparison.of(TreeSnapshot.of(expected), unpacked, Aspect.ALL).assertSame("the unpacked root");
        Container container = engine.createContainer(new NewContainer("c1", "debian:12", new JsonObject()));
        assertEquals(List.of(), engine.diff(container));
        engine.removeContainer("c1");
        engine.removeImage("debian:12", false);
        assertEquals(1, entries(root.resolve("overlay2")));
    }

    private Image load(Path archive) throws IOException {
        List<Image> loaded = engine.load(archive, Platform.host(), ProgressListener.NONE);
        assertEquals(1, loaded.size());
        return loaded.getFirst();
    }

    private static long entries(Path directory) throws IOException {
        try (var names = Files.list(directory)) {
            return names.count();
        }
    }
}
