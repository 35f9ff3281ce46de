package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mille.linux.DirectoryReader;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Expect;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.Playground;
import mille.testkit.Probe;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** How layers become one tree. */
abstract class MergeContract extends UnionChapter {
    private final OverlayDriver driver;

    MergeContract(OverlayDriver driver) {
        super(driver);
        this.driver = driver;
    }

    @Test
    void theTopmostLayerWins() throws IOException {
        for (Playground layer : List.of(bottom(), middle(), top(), upper())) {
            layer.write("everywhere", "from layer " + layer.name());
        }
        bottom().write("low", "bottom");
        middle().write("low", "middle");
        mount();
        assertEquals("from layer upper", merged().read("everywhere"));
        assertEquals("middle", merged().read("low"));
    }

    @Test
    void directoriesOfAllLayersAreUnitedAndEachNameListedOnce() throws IOException {
        for (Playground layer : List.of(bottom(), middle(), top(), upper())) {
            layer.mkdir("dir");
            layer.write("dir/common", "");
            layer.write("dir/" + layer.name(), "");
        }
        mount();
        assertEquals(List.of("common", "lower0", "lower1", "lower2", "upper"), merged().names("dir"));
    }

    @Test
    void twentyLowersAreSearchedInOrder() throws IOException {
        try (OverlayFixture deep = new OverlayFixture(driver, 20)) {
            for (int i = 0; i < 20; i++) {
                try (Playground lower = Playground.at(deep.lowers().get(i))) {
                    lower.mkdir("dir");
                    for (int name = 0; name <= i; name++) {
                        lower.write("dir/file" + name, "layer " + i);
                    }
                }
            }
            try (Playground here = Playground.at(deep.mount())) {
                for (int name = 0; name < 20; name++) {
                    assertEquals("layer " + name, here.read("dir/file" + name));
                }
                assertEquals(20, here.names("dir").size());
            }
        }
    }

    @Test
    void aFileHidesADirectoryBelowAndTheOtherWayRound() throws IOException {
        bottom().mkdir("a");
        bottom().write("a/inner", "");
        top().write("a", "file");
        bottom().write("b", "file");
        top().mkdir("b");
        top().write("b/inner", "");
        mount();
        assertEquals("file", merged().read("a"));
        assertEquals(List.of("inner"), merged().names("b"));
    }

    @Test
    void aFileBetweenDirectoriesEndsTheUnion() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/bottom", "");
        middle().write("dir", "a file");
        top().mkdir("dir");
        top().write("dir/top", "");
        mount();
        assertEquals(List.of("top"), merged().names("dir"));
        Expect.errno(Errno.ENOENT, () -> merged().stat("dir/bottom"));
    }

    @Test
    void aMergedDirectoryHasTheAttributesOfItsTopmost() throws IOException {
        bottom().mkdir("dir");
        bottom().chmod("dir", 0700);
        bottom().setXattr("dir", "user.a", "bottom");
        bottom().setXattr("dir", "user.b", "bottom");
        top().mkdir("dir");
        top().chmod("dir", 01750);
        top().chown("dir", 3, 4);
        top().setXattr("dir", "user.a", "top");
        top().utimes("dir", null, new Stat.Time(1_000, 7));
        mount();
        Stat stat = merged().stat("dir");
        assertEquals(Stat.S_IFDIR | 01750, stat.mode());
        assertEquals(List.of(3, 4), List.of(stat.uid(), stat.gid()));
        assertEquals(new Stat.Time(1_000, 7), stat.modified());
        assertEquals("top", merged().xattr("dir", "user.a"));
        assertNull(merged().xattr("dir", "user.b"));
        assertEquals(1, stat.linkCount());
    }

    @Test
    void theRootItselfIsMerged() throws IOException {
        upper().chmod(".", 0711);
        top().chmod(".", 0700);
        bottom().write("file", "");
        mount();
        assertEquals(0711, merged().stat(".").permissions());
        assertEquals(List.of("file"), merged().names("."));
    }

    @Test
    void entriesOfMergedDirectoriesHaveTheirTypesAndInodes() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "");
        bottom().mkdir("dir/both");
        bottom().symlink("x", "dir/link");
        middle().mkdir("dir");
        middle().mkdir("dir/both");
        middle().mknod("dir/fifo", Stat.S_IFIFO | 0600, 0, 0);
        middle().mknod("dir/device", Stat.S_IFCHR | 0600, 1, 3);
        mount();
        Map<String, Integer> types = new HashMap<>();
        try (Fd directory = merged().open("dir", O.RDONLY | O.DIRECTORY)) {
            DirectoryReader.forEach(directory, (name, inode, type) -> {
                types.put(name.toString(), type);
                assertEquals(Stat.at(directory, name).inode(), inode, () -> "inode of " + name);
            });
        }
        assertEquals(
                Map.of(
                        "file", DirectoryReader.DT_REG,
                        "both", DirectoryReader.DT_DIR,
                        "link", DirectoryReader.DT_LNK,
                        "fifo", DirectoryReader.DT_FIFO,
                        "device", DirectoryReader.DT_CHR),
                types);
    }

    @Test
    void placesInAMergedDirectoryAreStable() throws IOException {
        for (Playground layer : List.of(bottom(), top(), upper())) {
            layer.mkdir("dir");
            for (int i = 0; i < 300; i++) {
                layer.write("dir/" + layer.name() + "-" + i, "");
            }
        }
        mount();
        assertEquals("902 902", Probe.ask("seek-directory", merged().path("dir")));
        assertEquals("0", Probe.ask("remove-while-reading", merged().path("dir")));
        assertEquals(List.of(), merged().names("dir"));
    }

    @Test
    void marksOfTheOverlayAreNeverShown() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "content");
        top().mkdir("opaque");
        top().setXattr("opaque", "trusted.overlay.opaque", "y");
        mount();
        merged().append("dir/file", " more");
        merged().mkdir("new");
        for (String name : List.of("dir", "dir/file", "opaque", "new", ".")) {
            assertEquals(List.of(), merged().xattrs(name), name);
        }
        assertNull(merged().xattr("opaque", "trusted.overlay.opaque"));
    }

    @Test
    void namesOfOneLowerFileAreOneFile() throws IOException {
        bottom().write("one", "content");
        bottom().mkdir("dir");
        bottom().link("one", "dir/two");
        mount();
        assertEquals(merged().stat("one").inode(), merged().stat("dir/two").inode());
        assertEquals(2, merged().stat("one").linkCount());
        assertEquals("content", merged().read("dir/two"));
    }

    private record Change(String what, Attempt attempt) {}

    @FunctionalInterface
    private interface Attempt {
        void on(Playground merged) throws IOException;
    }

    @TestFactory
    Stream<DynamicTest> withoutAnUpperNothingCanBeChanged() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "content");
        bottom().setXattr("dir/file", "user.a", "x");
        mountReadOnly();
        assertEquals("content", merged().read("dir/file"));
        return Stream.of(
                        new Change("write", m -> m.open("dir/file", O.WRONLY).close()),
                        new Change(
                                "truncate",
                                m -> m.open("dir/file", O.RDONLY | O.TRUNC).close()),
                        new Change("create", m -> m.write("new", "")),
                        new Change("mkdir", m -> m.mkdir("new")),
                        new Change("mknod", m -> m.mknod("new", Stat.S_IFIFO, 0, 0)),
                        new Change("symlink", m -> m.symlink("x", "new")),
                        new Change("link", m -> m.link("dir/file", "new")),
                        new Change("unlink", m -> m.unlink("dir/file")),
                        new Change("rmdir", m -> m.rmdir("dir")),
                        new Change("rename", m -> m.rename("dir/file", "new")),
                        new Change("chmod", m -> m.chmod("dir/file", 0600)),
                        new Change("chown", m -> m.chown("dir", 1, 1)),
                        new Change("utimes", m -> m.utimes("dir", FileAttributes.NOW, null)),
                        new Change("setxattr", m -> m.setXattr("dir/file", "user.a", "y")),
                        new Change("removexattr", m -> m.removeXattr("dir/file", "user.a")))
                .map(row -> DynamicTest.dynamicTest(
                        row.what, () -> Expect.errno(Errno.EROFS, () -> row.attempt.on(merged()))));
    }
}
