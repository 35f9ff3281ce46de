package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Acl;
import mille.testkit.Aspect;
import mille.testkit.Caller;
import mille.testkit.Expect;
import mille.testkit.OverlayDriver;
import mille.testkit.Playground;
import mille.testkit.Probe;
import mille.testkit.TreeComparison;
import mille.testkit.TreeSnapshot;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A change of something that lies in a lower layer: it is made in a copy, and the copy lacks nothing. */
abstract class CopyUpContract extends UnionChapter {
    private static final int MIB = 1 << 20;
    private static final byte[] CAPABILITY = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    CopyUpContract(OverlayDriver driver) {
        super(driver);
    }

    private static final String OPEN = "open for writing";

    /** A change and what of the file it may change. */
    private record Change(String what, Set<Aspect> changed, Action action) {
        boolean isOpenAlone() {
            return what.equals(OPEN);
        }
    }

    @FunctionalInterface
    private interface Action {
        void on(Playground merged) throws IOException;
    }

    private void makeRichFile() throws IOException {
        bottom().mkdir("dir");
        bottom().mkdir("dir/sub");
        bottom().write("dir/sub/file", "some content");
        bottom().chown("dir/sub/file", 41, 42);
        bottom().chmod("dir/sub/file", 0640);
        bottom().setXattr("dir/sub/file", "user.binary", "\0\u00ff\1");
        bottom().setXattr("dir/sub/file", "trusted.mine", "t");
        bottom().setXattr("dir/sub/file", "security.capability", CAPABILITY, 0);
        bottom().setXattr(
                        "dir/sub/file",
                        Acl.ACCESS,
                        new Acl(0640).user(Caller.BOB.uid(), 4).bytes(),
                        0);
        bottom().setXattr(
                        "dir/sub",
                        Acl.DEFAULT,
                        new Acl(0750).user(Caller.BOB.uid(), 7).bytes(),
                        0);
        bottom().setXattr("dir", "user.dir", "d");
        bottom().chown("dir", 7, 8);
        bottom().chmod("dir/sub", 03775);
        bottom().utimes("dir/sub/file", new Stat.Time(50, 1), new Stat.Time(100, 123_456_789));
        bottom().utimes("dir/sub", null, new Stat.Time(200, 987_654_321));
        bottom().utimes("dir", null, new Stat.Time(300, 1));
    }

    @TestFactory
    Stream<DynamicTest> theCopyHasAllThatTheChangeDidNotTouch() throws IOException {
        makeRichFile();
        mount();
        String file = "dir/sub/file";
        return Stream.of(
                        new Change(OPEN, Set.of(), m -> m.open(file, O.WRONLY).close()),
                        new Change("utimes", Set.of(Aspect.MODIFIED), m -> m.utimes(file, null, new Stat.Time(150, 5))),
                        new Change("user xattr", Set.of(Aspect.XATTRS), m -> m.setXattr(file, "user.new", "n")),
                        new Change("chmod", Set.of(Aspect.MODE, Aspect.XATTRS), m -> m.chmod(file, 0600)),
                        new Change(
                                "append",
                                Set.of(Aspect.SIZE, Aspect.CONTENT, Aspect.MODIFIED, Aspect.XATTRS),
                                m -> m.append(file, "!")),
                        new Change("chown", Set.of(Aspect.OWNER, Aspect.XATTRS, Aspect.MODE), m -> m.chown(file, 1, 2)))
                .map(row -> DynamicTest.dynamicTest(row.what, () -> {
                    TreeSnapshot before = TreeSnapshot.of(merged().path("dir"));
                    row.action.on(merged());
                    boolean isCopied = Files.exists(upper().path(file));
                    assertEquals(!row.isOpenAlone() || copiesUpAtOpen(), isCopied);
                    TreeComparison found = TreeComparison.of(
                            before, TreeSnapshot.of(merged().path("dir")), Aspect.allBut(Aspect.LINK_COUNT));
                    for (var difference : found.differences()) {
                        assertEquals("sub/file", difference.path().toString(), found::report);
                        assertTrue(row.changed.contains(difference.aspect()), found::report);
                    }
                }));
    }

    @Test
    void readingCopiesNothing() throws IOException {
        makeRichFile();
        mount();
        merged().read("dir/sub/file");
        merged().names("dir");
        merged().xattrs("dir/sub/file");
        assertEquals(List.of(), upper().names("."));
    }

    @Test
    void theDirectoriesOnTheWayAreCopiedAloneAndComplete() throws IOException {
        makeRichFile();
        bottom().write("dir/sibling", "");
        mount();
        merged().append("dir/sub/file", "x");
        assertEquals(List.of("sub"), upper().names("dir"));
        assertEquals(List.of("file"), upper().names("dir/sub"));
        assertEquals(03775, upper().stat("dir/sub").permissions());
        assertEquals(
                List.of(7, 8),
                List.of(upper().stat("dir").uid(), upper().stat("dir").gid()));
        assertEquals("d", upper().xattr("dir", "user.dir"));
        assertEquals(bottom().xattr("dir/sub", Acl.DEFAULT), upper().xattr("dir/sub", Acl.DEFAULT));
        assertEquals(new Stat.Time(200, 987_654_321), merged().stat("dir/sub").modified());
    }

    @Test
    void aChangeOfADirectoryCopiesNothingInIt() throws IOException {
        makeRichFile();
        mount();
        merged().chmod("dir", 0700);
        assertEquals(List.of(), upper().names("dir"));
        assertEquals("some content", merged().read("dir/sub/file"));
        merged().chmod(".", 0700);
        assertEquals(0700, upper().stat(".").permissions());
    }

    @Test
    void holesStayHoles() throws IOException {
        try (Fd file = bottom().open("sparse", O.RDWR | O.CREAT)) {
            Playground.writeAt(file, 2L * MIB, "middle");
            FileData.truncate(file, 16L * MIB);
        }
        mount();
        merged().chmod("sparse", 0600);
        assertEquals(16L * MIB, upper().stat("sparse").sizeBytes());
        assertTrue(upper().stat("sparse").blocks512() * 512 < 4L * MIB, "holes were filled");
        try (Fd file = merged().open("sparse", O.RDONLY)) {
            assertEquals("\0middle\0", Playground.readAt(file, 2L * MIB - 1, 8));
        }
    }

    @Test
    void aLargeFileIsCopiedWholeBeforeItIsWritten() throws IOException {
        String content = "0123456789abcdef".repeat(5 * MIB / 16) + "tail";
        bottom().write("large", content);
        mount();
        merged().append("large", "more");
        assertTrue((content + "more").equals(upper().read("large")), "the copy differs");
    }

    @Test
    void truncatingAtOpenLeavesAnEmptyCopy() throws IOException {
        makeRichFile();
        mount();
        merged().open("dir/sub/file", O.WRONLY | O.TRUNC).close();
        assertEquals("", merged().read("dir/sub/file"));
        assertEquals(0, upper().stat("dir/sub/file").sizeBytes());
        assertEquals(41, upper().stat("dir/sub/file").uid());
    }

    @Test
    void truncatingByNameCutsTheCopy() throws IOException {
        bottom().write("file", "0123456789");
        mount();
        assertEquals("0", Probe.ask("truncate", merged().path("file"), 4));
        assertEquals("0123", merged().read("file"));
        assertEquals("0", Probe.ask("truncate", merged().path("file"), 6));
        assertEquals("0123\0\0", merged().read("file"));
    }

    @Test
    void aReaderThatWasOpenBeforeStillReads() throws IOException {
        bottom().write("file", "before");
        mount();
        try (Fd reader = merged().open("file", O.RDONLY)) {
            assertEquals("before", Playground.readAll(reader));
            try (Fd writer = merged().open("file", O.RDWR)) {
                Playground.writeAt(writer, 0, "AFTER!");
                assertEquals("AFTER!", Playground.readAll(writer));
            }
            // The kernel's overlay goes on with the lower file; one that shows the change is better still.
            String seen = Playground.readAll(reader);
            assertTrue(Set.of("before", "AFTER!").contains(seen), seen);
        }
        assertEquals("AFTER!", merged().read("file"));
    }

    @Test
    void anInodeKeepsItsNumber() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "content");
        mount();
        long directory = merged().stat("dir").inode();
        long file = merged().stat("dir/file").inode();
        merged().append("dir/file", "x");
        assertEquals(file, merged().stat("dir/file").inode());
        assertEquals(directory, merged().stat("dir").inode());
    }

    @Test
    void everyKindOfFileIsCopiedAsItsKind() throws IOException {
        bottom().symlink("target", "link");
        bottom().mknod("fifo", Stat.S_IFIFO | 0600, 0, 0);
        bottom().mknod("socket", Stat.S_IFSOCK | 0600, 0, 0);
        bottom().mknod("device", Stat.S_IFBLK | 0600, 7, 260);
        bottom().setXattr("link", "trusted.a", "on a link");
        for (String name : List.of("link", "fifo", "socket", "device")) {
            bottom().utimes(name, null, new Stat.Time(100, 9));
        }
        mount();
        for (String name : List.of("link", "fifo", "socket", "device")) {
            merged().chown(name, 3, 4);
            Stat copy = upper().stat(name);
            assertEquals(bottom().stat(name).mode(), copy.mode(), name);
            assertEquals(bottom().stat(name).rdevice(), copy.rdevice(), name);
            assertEquals(new Stat.Time(100, 9), copy.modified(), name);
            assertEquals(List.of(3, 4), List.of(copy.uid(), copy.gid()), name);
        }
        assertEquals("target", upper().readlink("link"));
        assertEquals("on a link", merged().xattr("link", "trusted.a"));
    }

    @Test
    void aNewNameForALowerFileSharesTheCopy() throws IOException {
        bottom().write("file", "content");
        mount();
        merged().link("file", "second");
        assertEquals(2, merged().stat("file").linkCount());
        merged().append("second", " more");
        assertEquals("content more", merged().read("file"));
        assertEquals(upper().stat("file").inode(), upper().stat("second").inode());
    }

    @Test
    void whoMayNotWriteCausesNoCopy() throws IOException {
        bottom().write("file", "content");
        mount();
        Expect.errno(
                Errno.EACCES,
                () -> Caller.ALICE.does(() -> merged().open("file", O.WRONLY).close()));
        Expect.errno(Errno.EPERM, () -> Caller.ALICE.does(() -> merged().chmod("file", 0777)));
        assertFalse(upper().exists("file"));
    }

    @Test
    void aUserCanChangeWhatIsTheirsInADirectoryThatIsNot() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "content");
        bottom().chown("dir/file", Caller.ALICE);
        mount();
        Caller.ALICE.does(() -> merged().append("dir/file", " more"));
        assertEquals("content more", merged().read("dir/file"));
        assertEquals(Caller.ALICE.uid(), upper().stat("dir/file").uid());
        assertEquals(0, upper().stat("dir").uid());
    }

    @Test
    void aSharedMapOfALowerFileWritesIntoTheCopy() throws IOException {
        bottom().write("file", "0123456789");
        mount();
        assertEquals("abc", Probe.ask("map-shared", merged().path("file"), 2, "abc"));
        assertEquals("01abc56789", upper().read("file"));
    }
}
