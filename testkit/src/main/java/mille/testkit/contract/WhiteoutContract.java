package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.util.List;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Command;
import mille.testkit.Expect;
import mille.testkit.OverlayDriver;
import mille.testkit.Playground;
import org.junit.jupiter.api.Test;

/** How a layer takes away what those below it have: whiteouts and opaque directories, read and written. */
abstract class WhiteoutContract extends UnionChapter {
    private static final String OPAQUE = "trusted.overlay.opaque";

    WhiteoutContract(OverlayDriver driver) {
        super(driver);
    }

    @Test
    void aDeviceWhiteoutHidesTheNameInAllLayersBelow() throws IOException {
        bottom().write("file", "");
        bottom().mkdir("dir");
        bottom().write("dir/inner", "");
        middle().mkdir("dir");
        whiteout(top(), "file");
        whiteout(top(), "dir");
        mount();
        assertEquals(List.of(), merged().names("."));
        Expect.errno(Errno.ENOENT, () -> merged().stat("file"));
        Expect.errno(Errno.ENOENT, () -> merged().stat("dir/inner"));
    }

    @Test
    void aWhiteoutHidesNothingAboveIt() throws IOException {
        bottom().write("file", "bottom");
        whiteout(middle(), "file");
        top().write("file", "top");
        whiteout(bottom(), "other");
        middle().write("other", "middle");
        mount();
        assertEquals("top", merged().read("file"));
        assertEquals("middle", merged().read("other"));
    }

    @Test
    void aDirectoryOverAWhiteoutDoesNotShowWhatIsBelow() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/bottom", "");
        whiteout(middle(), "dir");
        top().mkdir("dir");
        top().write("dir/top", "");
        mount();
        assertEquals(List.of("top"), merged().names("dir"));
    }

    @Test
    void anAttributeMakesAnEmptyFileAWhiteoutWhereTheDirectorySaysSo() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/hidden", "");
        bottom().write("dir/kept", "");
        top().mkdir("dir");
        top().setXattr("dir", OPAQUE, "x");
        top().write("dir/hidden", "");
        top().setXattr("dir/hidden", "trusted.overlay.whiteout", "y");
        mount();
        assertEquals(List.of("kept"), merged().names("dir"));
        Expect.errno(Errno.ENOENT, () -> merged().stat("dir/hidden"));
        merged().write("dir/hidden", "new");
        assertEquals("new", merged().read("dir/hidden"));
    }

    @Test
    void anOpaqueDirectoryEndsTheUnion() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/bottom", "");
        middle().mkdir("dir");
        middle().setXattr("dir", OPAQUE, "y");
        middle().write("dir/middle", "");
        top().mkdir("dir");
        top().write("dir/top", "");
        mount();
        assertEquals(List.of("middle", "top"), merged().names("dir"));
        Expect.errno(Errno.ENOENT, () -> merged().stat("dir/bottom"));
    }

    @Test
    void belowAnOpaqueDirectoryNothingIsMergedEither() throws IOException {
        bottom().mkdir("dir");
        bottom().mkdir("dir/sub");
        bottom().write("dir/sub/bottom", "");
        top().mkdir("dir");
        top().setXattr("dir", OPAQUE, "y");
        top().mkdir("dir/sub");
        top().write("dir/sub/top", "");
        mount();
        assertEquals(List.of("top"), merged().names("dir/sub"));
    }

    @Test
    void removingALowerFileLeavesAWhiteout() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "content");
        mount();
        merged().unlink("dir/file");
        assertWhiteout(upper(), "dir/file");
        assertEquals(List.of(), merged().names("dir"));
        Expect.errno(Errno.ENOENT, () -> merged().unlink("dir/file"));
    }

    @Test
    void removingWhatOnlyTheUpperHasLeavesNothing() throws IOException {
        bottom().mkdir("dir");
        mount();
        merged().write("dir/file", "");
        merged().mkdir("dir/sub");
        merged().unlink("dir/file");
        merged().rmdir("dir/sub");
        assertEquals(List.of(), upper().names("dir"));
    }

    @Test
    void removingACopiedUpFileLeavesAWhiteout() throws IOException {
        bottom().write("file", "content");
        mount();
        merged().append("file", "x");
        merged().unlink("file");
        assertWhiteout(upper(), "file");
    }

    @Test
    void aLowerFileCanBeReadAfterItsRemovalWhereItIsOpen() throws IOException {
        bottom().write("file", "content");
        mount();
        try (Fd open = merged().open("file", O.RDONLY)) {
            merged().unlink("file");
            assertEquals("content", Playground.readAll(open));
        }
    }

    @Test
    void removingALowerDirectoryLeavesAWhiteout() throws IOException {
        bottom().mkdir("empty");
        bottom().mkdir("full");
        bottom().write("full/file", "");
        mount();
        merged().rmdir("empty");
        assertWhiteout(upper(), "empty");
        Expect.errno(Errno.ENOTEMPTY, () -> merged().rmdir("full"));
        merged().unlink("full/file");
        merged().rmdir("full");
        assertWhiteout(upper(), "full");
        assertEquals(List.of(), merged().names("."));
    }

    @Test
    void aRefusedRemovalLeavesNothingInTheUpper() throws IOException {
        bottom().mkdir("dir");
        bottom().mkdir("dir/full");
        bottom().write("dir/full/file", "");
        bottom().write("dir/file", "");
        mount();
        Expect.errno(Errno.ENOTEMPTY, () -> merged().rmdir("dir/full"));
        Expect.errno(Errno.ENOTDIR, () -> merged().rmdir("dir/file"));
        Expect.errno(Errno.EISDIR, () -> merged().unlink("dir/full"));
        Expect.errno(Errno.ENOENT, () -> merged().unlink("dir/none"));
        assertEquals(List.of(), upper().names("."));
    }

    @Test
    void aMergedDirectoryGoesWhenItsEntriesAreOnlyWhiteouts() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "");
        top().mkdir("dir");
        whiteout(top(), "dir/file");
        upper().mkdir("dir");
        whiteout(upper(), "dir/stray");
        mount();
        assertEquals(List.of(), merged().names("dir"));
        merged().rmdir("dir");
        assertWhiteout(upper(), "dir");
    }

    @Test
    void aFileMadeOverAWhiteoutReplacesIt() throws IOException {
        bottom().write("file", "old");
        bottom().write("other", "old");
        mount();
        merged().unlink("file");
        merged().write("file", "new");
        assertEquals("new", merged().read("file"));
        assertEquals("new", upper().read("file"));
        merged().unlink("other");
        merged().symlink("target", "other");
        assertEquals("target", upper().readlink("other"));
        merged().unlink("other");
        merged().link("file", "other");
        assertEquals(2, merged().stat("file").linkCount());
    }

    @Test
    void aDirectoryMadeOverAWhiteoutIsOpaqueAndEmpty() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "");
        mount();
        Command.run("rm", "-r", merged().path("dir").toString());
        merged().mkdir("dir", 0700);
        assertEquals(List.of(), merged().names("dir"));
        assertEquals("y", upper().xattr("dir", OPAQUE));
        assertEquals(0700, merged().stat("dir").permissions());
        merged().write("dir/other", "");
        assertEquals(List.of("other"), merged().names("dir"));
    }

    @Test
    void aWhiteoutCannotBeMadeFromAbove() throws IOException {
        mount();
        Expect.errno(Errno.EPERM, () -> merged().mknod("device", Stat.S_IFCHR | 0600, 0, 0));
        assertFalse(merged().exists("device"));
        merged().mknod("device", Stat.S_IFCHR | 0600, 0, 1);
        assertEquals(List.of("device"), merged().names("."));
    }

    @Test
    void rmOfALowerTreeRemovesAllOfIt() throws IOException {
        for (Playground layer : List.of(bottom(), middle(), top())) {
            layer.mkdir("tree");
            for (int i = 0; i < 10; i++) {
                layer.mkdir("tree/dir" + i);
                for (int file = 0; file < 10; file++) {
                    layer.write("tree/dir" + i + "/" + layer.name() + file, "");
                }
            }
        }
        mount();
        Command.run("rm", "-r", merged().path("tree").toString());
        assertEquals(List.of(), merged().names("."));
        assertWhiteout(upper(), "tree");
        assertEquals(List.of("tree"), upper().names("."));
    }
}
