package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Expect;
import mille.testkit.Playground;
import mille.testkit.Probe;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Hard links, symlinks, special files, and taking names away. */
abstract class LinkContract extends Chapter {
    LinkContract(Path root) {
        super(root);
    }

    private record SpecialFile(String name, int type, int major, int minor) {}

    @TestFactory
    Stream<DynamicTest> makesSpecialFiles() {
        return Stream.of(
                        new SpecialFile("fifo", Stat.S_IFIFO, 0, 0),
                        new SpecialFile("socket", Stat.S_IFSOCK, 0, 0),
                        new SpecialFile("null", Stat.S_IFCHR, 1, 3),
                        new SpecialFile("loop", Stat.S_IFBLK, 7, 300),
                        new SpecialFile("high", Stat.S_IFCHR, 511, 70_000),
                        new SpecialFile("regular", Stat.S_IFREG, 0, 0))
                .map(row -> DynamicTest.dynamicTest(row.name, () -> {
                    here().mknod(row.name, row.type | 0640, row.major, row.minor);
                    Stat made = here().stat(row.name);
                    assertEquals(row.type | 0640, made.mode());
                    if (row.major != 0) {
                        assertEquals(Stat.makeDevice(row.major, row.minor), made.rdevice());
                    }
                    Expect.errno(Errno.EEXIST, () -> here().mknod(row.name, row.type | 0640, row.major, row.minor));
                    here().unlink(row.name);
                    Expect.errno(Errno.ENOENT, () -> here().stat(row.name));
                }));
    }

    @Test
    void aSocketCanBeBoundAndConnected() throws IOException {
        assertEquals("0", Probe.ask("bind", here().path("socket")));
        assertEquals(Stat.S_IFSOCK, here().stat("socket").type());
    }

    @Test
    void aFifoCarriesBytes() throws IOException {
        here().mknod("fifo", Stat.S_IFIFO | 0600, 0, 0);
        try (Fd both = here().open("fifo", O.RDWR | O.NONBLOCK)) {
            var buffer = NativeBuffer.allocate(8);
            buffer.putLong(0, 42);
            assertEquals(8, FileData.write(both, buffer, 0, 8));
            buffer.putLong(0, 0);
            assertEquals(8, FileData.read(both, buffer, 0, 8));
            assertEquals(42, buffer.getLong(0));
        }
    }

    @Test
    void aSymlinkKeepsItsTargetAsItIs() throws IOException {
        String target = "../odd//target/./" + "x".repeat(1000) + (char) 0xff;
        here().symlink(target, "link");
        assertEquals(target, here().readlink("link"));
        assertEquals(Stat.S_IFLNK | 0777, here().stat("link").mode());
        assertEquals(target.length(), here().stat("link").sizeBytes());
        Expect.errno(Errno.EEXIST, () -> here().symlink("other", "link"));
        here().write("file", "");
        Expect.errno(Errno.EINVAL, () -> here().readlink("file"));
        Expect.errno(Errno.ENOENT, () -> here().symlink("", "empty"));
    }

    @Test
    void aSymlinkLeadsToItsTarget() throws IOException {
        here().mkdir("dir");
        here().write("dir/file", "there");
        here().symlink("dir", "link");
        here().symlink("link/file", "second");
        assertEquals("there", here().read("link/file"));
        assertEquals("there", here().read("second"));
        here().write("second", "changed");
        assertEquals("changed", here().read("dir/file"));
        here().unlink("second");
        assertEquals("changed", here().read("dir/file"));
    }

    @Test
    void fortySymlinksInARowAreTooMany() throws IOException {
        here().write("link0", "end");
        for (int i = 1; i <= 41; i++) {
            here().symlink("link" + (i - 1), "link" + i);
        }
        assertEquals("end", here().read("link39"));
        Expect.errno(Errno.ELOOP, () -> here().read("link41"));
    }

    @Test
    void namesOfOneFileShareEverything() throws IOException {
        here().write("one", "content");
        here().mkdir("dir");
        here().link("one", "dir/two");
        assertEquals(here().stat("one"), here().stat("dir/two"));
        assertEquals(2, here().stat("one").linkCount());
        here().append("dir/two", " and more");
        here().chmod("dir/two", 0600);
        assertEquals("content and more", here().read("one"));
        assertEquals(0600, here().stat("one").permissions());
        here().unlink("one");
        assertEquals(1, here().stat("dir/two").linkCount());
        assertEquals("content and more", here().read("dir/two"));
    }

    @Test
    void aFileWithAnotherNameSurvivesTheLossOfOneWhileOpen() throws IOException {
        here().write("one", "content");
        here().link("one", "two");
        try (Fd file = here().open("one", O.RDWR)) {
            here().unlink("one");
            assertEquals(1, Stat.of(file).linkCount());
            Playground.writeAt(file, 0, "CONTENT");
        }
        assertEquals("CONTENT", here().read("two"));
    }

    @Test
    void aSymlinkCanHaveTwoNames() throws IOException {
        here().symlink("target", "one");
        here().link("one", "two");
        assertEquals("target", here().readlink("two"));
        assertEquals(2, here().stat("one").linkCount());
        assertEquals(here().stat("one").inode(), here().stat("two").inode());
    }

    @Test
    void refusesLinksThatCannotBe() throws IOException {
        here().write("file", "");
        here().mkdir("dir");
        Expect.errno(Errno.EEXIST, () -> here().link("file", "dir"));
        Expect.errno(Errno.EEXIST, () -> here().link("file", "file"));
        Expect.errno(Errno.ENOENT, () -> here().link("absent", "new"));
        Expect.errno(Errno.EPERM, () -> here().link("dir", "new"));
        Expect.errno(Errno.ENOTDIR, () -> here().link("file", "file/new"));
    }

    @Test
    void refusesToUnlinkWhatIsNotThere() throws IOException {
        here().write("file", "");
        Expect.errno(Errno.ENOENT, () -> here().unlink("absent"));
        Expect.errno(Errno.ENOTDIR, () -> here().unlink("file/below"));
        here().unlink("file");
        Expect.errno(Errno.ENOENT, () -> here().unlink("file"));
    }

    @Test
    void differentFilesHaveDifferentInodes() throws IOException {
        here().write("one", "");
        here().write("two", "");
        assertNotEquals(here().stat("one").inode(), here().stat("two").inode());
        assertTrue(here().stat("one").isRegular());
    }
}
