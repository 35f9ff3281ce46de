package mille.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import mille.linux.FileName;
import mille.linux.O;
import mille.linux.Stat;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class TreeComparisonTest {
    @AutoClose
    private final TemporaryFileSystem ext4 = TemporaryFileSystem.ext4(64 << 20);

    @AutoClose
    private final Playground here = Playground.at(ext4.root());

    TreeComparisonTest() throws IOException {}

    private void make(String tree) throws IOException {
        here.mkdir(tree);
        here.mkdir(tree + "/dir");
        here.write(tree + "/dir/file", "content");
        here.link(tree + "/dir/file", tree + "/second");
        here.write(tree + "/third", "content");
        here.symlink("target", tree + "/link");
        here.mknod(tree + "/device", Stat.S_IFCHR | 0600, 0, 0);
        here.setXattr(tree + "/dir", "user.a", "1");
        here.setXattr(tree + "/link", "trusted.a", "1");
        for (String name : List.of("dir/file", "third", "link", "device", "dir", ".")) {
            here.utimes(tree + "/" + name, null, new Stat.Time(100, 5));
        }
    }

    private record Change(Aspect aspect, String path, Caller.Action apply) {}

    @TestFactory
    Stream<DynamicTest> eachChangeIsSeenAsWhatItIs() {
        return Stream.of(
                        new Change(Aspect.MODE, "third", () -> here.chmod("b/third", 0600)),
                        new Change(Aspect.OWNER, "link", () -> here.chown("b/link", 1, 1)),
                        new Change(Aspect.TARGET, "link", () -> {
                            here.unlink("b/link");
                            here.symlink("TARGET", "b/link");
                            here.setXattr("b/link", "trusted.a", "1");
                            here.utimes("b/link", null, new Stat.Time(100, 5));
                        }),
                        new Change(Aspect.DEVICE, "device", () -> {
                            here.unlink("b/device");
                            here.mknod("b/device", Stat.S_IFCHR | 0600, 0, 1);
                            here.utimes("b/device", null, new Stat.Time(100, 5));
                        }),
                        new Change(Aspect.XATTRS, "dir", () -> here.setXattr("b/dir", "user.a", "2")),
                        new Change(Aspect.XATTRS, "link", () -> here.removeXattr("b/link", "trusted.a")),
                        new Change(Aspect.MODIFIED, "third", () -> here.utimes("b/third", null, new Stat.Time(100, 6))),
                        new Change(Aspect.CONTENT, "third", () -> {
                            here.write("b/third", "CONTENT");
                            here.utimes("b/third", null, new Stat.Time(100, 5));
                        }),
                        new Change(Aspect.TYPE, "third", () -> here.unlink("b/third")),
                        new Change(Aspect.TYPE, "fourth", () -> here.write("b/fourth", "")))
                .map(row -> DynamicTest.dynamicTest(row.aspect + " of " + row.path, () -> {
                    Command.run(
                            "rm",
                            "-rf",
                            here.path("a").toString(),
                            here.path("b").toString());
                    make("a");
                    make("b");
                    assertEquals(List.of(), compare(Aspect.ALL));
                    row.apply.run();
                    here.utimes("b", null, new Stat.Time(100, 5));
                    List<TreeComparison.Difference> found = compare(Aspect.ALL);
                    assertEquals(1, found.size(), found::toString);
                    assertEquals(row.aspect, found.getFirst().aspect());
                    assertEquals(row.path, found.getFirst().path().toString());
                }));
    }

    @Test
    void namesOfOneFileAreTold() throws IOException {
        make("a");
        make("b");
        here.unlink("b/second");
        here.link("b/third", "b/second");
        List<TreeComparison.Difference> found = compare(Set.of(Aspect.HARD_LINK));
        assertEquals(3, found.size(), found::toString);
    }

    @Test
    void namesThatAreNoTextAreKeptApart() throws IOException {
        here.mkdir("a");
        here.mkdir("b");
        for (int b : new int[] {0xfe, 0xff}) {
            try (var directory = here.open(b == 0xfe ? "a" : "b", O.RDONLY)) {
                directory
                        .openAt(FileName.of(new byte[] {(byte) b}), O.WRONLY | O.CREAT, 0600)
                        .close();
            }
        }
        assertEquals(2, compare(Set.of(Aspect.TYPE)).size());
    }

    @Test
    void aReportNamesPathAspectAndBothValues() throws IOException {
        make("a");
        make("b");
        here.chmod("b/dir/file", 0600);
        AssertionError error = assertThrows(
                AssertionError.class,
                () -> TreeComparison.of(
                                TreeSnapshot.of(here.path("a")), TreeSnapshot.of(here.path("b")), Set.of(Aspect.MODE))
                        .assertSame("the trees"));
        assertTrue(
                String.valueOf(error.getMessage()).contains("dir/file: MODE is 0600, expected 0644"), error::toString);
    }

    private List<TreeComparison.Difference> compare(Set<Aspect> aspects) throws IOException {
        return TreeComparison.of(TreeSnapshot.of(here.path("a")), TreeSnapshot.of(here.path("b")), aspects)
                .differences();
    }
}
