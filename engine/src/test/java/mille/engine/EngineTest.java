package mille.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.Container;
import mille.engine.model.ContainerClaim;
import mille.engine.model.GraphDriver;
import mille.engine.model.Image;
import mille.engine.model.NewContainer;
import mille.engine.model.ProgressListener;
import mille.engine.model.ProgressListener.Progress;
import mille.linux.Fd;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.oci.Reference;
import mille.overlay.changes.Change;
import mille.testkit.Command;
import mille.testkit.ScratchDirectory;
import mille.testkit.TemporaryFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EngineTest {
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
    void theDefaultImageHasTwoLayersOfWhichTheUpperChangesAndRemoves() throws IOException {
        List<Progress> events = Collections.synchronizedList(new ArrayList<>());
        Image image = engine.makeDefaultImage(events::add);

        assertEquals(2, image.diffIds().size());
        assertEquals(image.id(), engine.image("busybox").id());
        assertEquals(List.of("sh"), engine.config(image).process().cmd());
        GraphDriver layers = engine.directories(image);
        Path lower = layers.lowers().getFirst();
        assertTrue(Files.size(lower.resolve("bin/busybox")) > 1_000_000);
        assertTrue(Files.isSymbolicLink(lower.resolve("bin/sh")));
        assertTrue(Files.exists(lower.resolve("etc/motd.draft")));
        assertFalse(Files.readString(lower.resolve("etc/motd"))
                .equals(Files.readString(layers.upper().resolve("etc/motd"))));
        try (Fd upper = Fd.open(layers.upper(), O.RDONLY | O.DIRECTORY)) {
            Stat whiteout = Stat.at(upper, RelativePath.parse("etc/motd.draft"));
            assertTrue(whiteout.isCharacterDevice() && whiteout.rdevice() == 0);
            assertEquals(0755, Stat.of(upper).permissions());
        }
        assertEquals(
                2, events.stream().filter(Progress.Unpacked.class::isInstance).count());
        assertEquals(image, engine.makeDefaultImage(ProgressListener.NONE), "it is the same each time");
    }

    @Test
    void whatAContainerChangedIsToldAsDockerTellsIt() throws IOException {
        engine.makeDefaultImage(ProgressListener.NONE);
        Container container = create("c1");
        assertEquals(List.of(), diff(container), "a new container has changed nothing");

        Path merged = mount(container);
        Command.run("sh", "-ceu", """
                cd "$0"
                echo hello > hello.txt; rm etc/issue
                mkdir -p opt/a/b; echo 1 > opt/a/b/c
                chmod 700 home; : >> etc/passwd; echo x >> etc/group
                rm -r var/spool; mkdir var/spool; touch tmp/t; rm tmp/t
                """, merged.toString());

        List<String> expected = List.of(
                "C /etc",
                "C /etc/group",
                "D /etc/issue",
                "A /hello.txt",
                "C /home",
                "A /opt",
                "A /opt/a",
                "A /opt/a/b",
                "A /opt/a/b/c");
        assertEquals(expected, diff(container), "while it is mounted");
        Command.run("umount", merged.toString());
        assertEquals(expected, diff(container), "afterwards");
    }

    @Test
    void containersOfOneImageShareAllLayersButTheirOwn() throws IOException {
        engine.makeDefaultImage(ProgressListener.NONE);
        GraphDriver one = engine.directories(create("c1"));
        GraphDriver other = engine.directories(create("c2"));

        assertEquals(one.lowers().subList(1, 3), other.lowers().subList(1, 3));
        for (GraphDriver directories : List.of(one, other)) {
            for (String directory : directories.data().values()) {
                for (String path : directory.split(":", -1)) {
                    assertTrue(Files.isDirectory(Path.of(path)), path);
                }
            }
        }
        assertEquals(one.upper().toString(), one.data().get("UpperDir"));
    }

    @Test
    void theRootOfAContainerLooksLikeTheImages() throws IOException {
        Path tree = scratch.directory("tree");
        Command.run("sh", "-ceu", "cd $0; mkdir -m 1711 etc; chown 5:6 etc; chmod 751 .", tree.toString());
        importTree(tree, "odd");
        Container container = engine.createContainer(new NewContainer("c1", "odd", new JsonObject()));

        Path merged = mount(container);
        assertEquals(
                "751 0:0",
                Command.run("stat", "-c", "%a %u:%g", merged.toString()).strip());
        assertEquals(
                "1711 5:6",
                Command.run("stat", "-c", "%a %u:%g", merged.resolve("etc").toString())
                        .strip());
        assertTrue(Files.exists(merged.resolve("etc/resolv.conf")), "the init layer has what is mounted upon");
        assertEquals(List.of(), diff(container));
    }

    @Test
    void aKilledContainerIsUnmountedAndHasExitedAtTheNextStart() throws IOException {
        engine.makeDefaultImage(ProgressListener.NONE);
        Container container = create("c1");
        Path merged = mount(container);
        try (ContainerClaim claim = engine.claim(container)) {
            claim.started(4711);
            Engine.open(root, AbandonedContainers.NONE).close();
            assertTrue(Files.exists(merged.resolve("bin/sh")), "it is left alone as long as somebody runs it");
        }
        engine.close();
        engine = Engine.open(root, AbandonedContainers.NONE);

        assertEquals(137, engine.container("c1").state().exitCode());
        assertFalse(Files.exists(merged.resolve("bin/sh")));
        engine.removeContainer("c1");
        engine.removeImage("busybox", false);
        assertEquals("", Command.run("find", root.resolve("overlay2").toString(), "-type", "f"));
    }

    @Test
    void aContainerThatIsMountedIsRemovedWithoutHarmToItsImage() throws IOException {
        engine.makeDefaultImage(ProgressListener.NONE);
        Container container = create("c1");
        mount(container);
        engine.removeContainer("c1");

        assertTrue(Files.exists(
                engine.directories(engine.image("busybox")).lowers().getFirst().resolve("bin/sh"),
                LinkOption.NOFOLLOW_LINKS));
        assertEquals(List.of(), engine.containers());
    }

    @Test
    void aCompressedRootIsImportedAsItIs() throws IOException {
        Path tree = scratch.directory("tree");
        Command.run("sh", "-ceu", "cd $0; mkdir a; seq 100000 > a/numbers; ln a/numbers linked", tree.toString());
        Path tar = scratch.path().resolve("root.tar.gz");
        Command.run("tar", "-C", tree.toString(), "-czf", tar.toString(), ".");

        Image image = engine.importRootfs(tar, Reference.parse("mine:1"), ProgressListener.NONE);

        Path diff = engine.directories(image).upper();
        assertEquals(-1, Files.mismatch(tree.resolve("a/numbers"), diff.resolve("a/numbers")));
        assertTrue(Files.isSameFile(diff.resolve("a/numbers"), diff.resolve("linked")));
        assertEquals(Files.size(tree.resolve("a/numbers")), image.sizeBytes());
    }

    @Test
    void aRootThatLeadsOutsideIsRefusedAndLeavesNothing() throws IOException {
        Path tar = scratch.path().resolve("evil.tar");
        Command.run(
                "sh",
                "-ceu",
                "cd $0; touch evil; tar -cf evil.tar --transform 's,evil,../evil,' -P evil",
                scratch.path().toString());
        IOException refused = assertThrows(
                IOException.class, () -> engine.importRootfs(tar, Reference.parse("evil"), ProgressListener.NONE));

        assertTrue(String.valueOf(refused.getMessage()).contains("'../evil'"), refused.getMessage());
        assertNull(engine.findImage("evil"));
        assertEquals(
                "",
                Command.run(
                        "find",
                        root.resolve("overlay2").toString(),
                        root.resolve("blobs").toString(),
                        "-type",
                        "f"));
    }

    private Container create(String name) throws IOException {
        return engine.createContainer(new NewContainer(name, "busybox", new JsonObject()));
    }

    private List<String> diff(Container container) throws IOException {
        return engine.diff(container).stream().map(Change::toString).toList();
    }

    private void importTree(Path tree, String name) throws IOException {
        Path tar = scratch.path().resolve("root.tar");
        Command.run("tar", "-C", tree.toString(), "-cf", tar.toString(), ".");
        engine.importRootfs(tar, Reference.parse(name), ProgressListener.NONE);
    }

    private Path mount(Container container) throws IOException {
        return KernelOverlay.mount(engine, container);
    }
}
