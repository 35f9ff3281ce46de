package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.util.List;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.Names;
import mille.linux.O;
import mille.testkit.Command;
import mille.testkit.Expect;
import mille.testkit.OverlayDriver;
import mille.testkit.Playground;
import org.junit.jupiter.api.Test;

/** Renames of what lies in lower layers, with {@code redirect_dir=off}. */
abstract class UnionRenameContract extends UnionChapter {
    UnionRenameContract(OverlayDriver driver) {
        super(driver);
    }

    @Test
    void nobodyLeavesAWhiteoutFromAbove() throws IOException {
        bottom().write("file", "");
        mount();
        Expect.errno(Errno.EINVAL, () -> merged().rename("file", "other", Names.RENAME_WHITEOUT));
        assertEquals(List.of("file"), merged().names("."));
    }

    @Test
    void aLowerFileMovesAsACopyAndLeavesAWhiteout() throws IOException {
        bottom().write("old", "content");
        bottom().mkdir("dir");
        mount();
        merged().rename("old", "dir/new");
        assertEquals("content", merged().read("dir/new"));
        assertEquals(List.of("dir"), merged().names("."));
        assertWhiteout(upper(), "old");
        assertEquals("content", upper().read("dir/new"));
    }

    @Test
    void aDirectoryThatACopyMovesIntoIsMarkedImpure() throws IOException {
        bottom().write("file", "content");
        mount();
        merged().mkdir("new");
        merged().rename("file", "new/file");
        assertEquals("y", upper().xattr("new", "trusted.overlay.impure"));
    }

    @Test
    void aLowerFileCanBeReplaced() throws IOException {
        bottom().write("target", "old");
        bottom().write("lower", "from a lower layer");
        mount();
        merged().write("new", "from the upper layer");
        merged().rename("new", "target");
        assertEquals("from the upper layer", merged().read("target"));
        merged().rename("lower", "target");
        assertEquals("from a lower layer", merged().read("target"));
        assertEquals(List.of("target"), merged().names("."));
        assertFalse(upper().exists("new"));
        assertWhiteout(upper(), "lower");
    }

    @Test
    void aFileMovedAwayAndBackIsThereOnce() throws IOException {
        bottom().write("file", "content");
        mount();
        merged().rename("file", "away");
        merged().write("file", "another");
        merged().rename("away", "file");
        assertEquals("content", merged().read("file"));
        assertEquals(List.of("file"), merged().names("."));
        assertEquals(List.of("file"), upper().names("."));
    }

    @Test
    void anOpenLowerFileStaysReadableThroughItsRename() throws IOException {
        bottom().write("file", "content");
        mount();
        try (Fd open = merged().open("file", O.RDONLY)) {
            merged().rename("file", "renamed");
            assertEquals("content", Playground.readAll(open));
        }
    }

    @Test
    void aNameOfALowerLayerCountsAsTaken() throws IOException {
        bottom().write("lower", "");
        mount();
        merged().write("new", "");
        Expect.errno(Errno.EEXIST, () -> merged().rename("new", "lower", Names.RENAME_NOREPLACE));
        merged().unlink("lower");
        merged().rename("new", "lower", Names.RENAME_NOREPLACE);
        assertEquals(List.of("lower"), merged().names("."));
    }

    @Test
    void filesOfDifferentLayersAreExchanged() throws IOException {
        bottom().write("lower", "lower content");
        mount();
        merged().write("new", "new content");
        merged().rename("new", "lower", Names.RENAME_EXCHANGE);
        assertEquals("new content", merged().read("lower"));
        assertEquals("lower content", merged().read("new"));
        merged().unlink("new");
        assertEquals(List.of("lower"), upper().names("."));
        merged().unlink("lower");
        assertWhiteout(upper(), "lower");
    }

    @Test
    void aDirectoryOfALowerLayerCannotBeRenamed() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "content");
        bottom().mkdir("both");
        upper().mkdir("both");
        mount("redirect_dir=off");
        Expect.errno(Errno.EXDEV, () -> merged().rename("dir", "renamed"));
        Expect.errno(Errno.EXDEV, () -> merged().rename("both", "renamed"));
        merged().mkdir("new");
        Expect.errno(Errno.EXDEV, () -> merged().rename("new", "dir", Names.RENAME_EXCHANGE));
        assertEquals("content", merged().read("dir/file"));
        Command.run(
                "mv", merged().path("dir").toString(), merged().path("moved").toString());
        assertEquals("content", merged().read("moved/file"));
        assertWhiteout(upper(), "dir");
    }

    @Test
    void aDirectoryOfTheUpperMovesIntoAMergedOne() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "");
        mount();
        merged().mkdir("new");
        merged().mkdir("new/sub");
        merged().write("new/sub/file", "content");
        merged().rename("new", "dir/moved");
        assertEquals("content", merged().read("dir/moved/sub/file"));
        assertEquals(List.of("dir"), merged().names("."));
    }

    @Test
    void aDirectoryThatTakesTheNameOfALowerOneDoesNotMerge() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/old", "");
        bottom().mkdir("other");
        bottom().write("other/old", "");
        mount();
        merged().mkdir("new");
        merged().write("new/file", "");
        Expect.errno(Errno.ENOTEMPTY, () -> merged().rename("new", "dir"));
        merged().unlink("dir/old");
        merged().rename("new", "dir");
        assertEquals(List.of("file"), merged().names("dir"));
        Command.run("rm", "-r", merged().path("other").toString());
        merged().rename("dir", "other");
        assertEquals(List.of("file"), merged().names("other"));
        assertEquals(List.of("other"), merged().names("."));
    }

    @Test
    void anUpperDirectoryMovedAwayFromALowerNameStaysItself() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/old", "");
        mount();
        Command.run("rm", "-r", merged().path("dir").toString());
        merged().mkdir("dir");
        merged().write("dir/new", "");
        merged().rename("dir", "moved");
        assertEquals(List.of("new"), merged().names("moved"));
        assertEquals(List.of("moved"), merged().names("."));
        assertWhiteout(upper(), "dir");
    }

    @Test
    void aFileAndADirectoryTradePlacesAcrossLayers() throws IOException {
        bottom().write("file", "content");
        bottom().mkdir("dir");
        bottom().write("dir/hidden", "");
        mount();
        Command.run("rm", "-r", merged().path("dir").toString());
        merged().mkdir("dir");
        merged().write("dir/inner", "inner");
        merged().rename("file", "dir", Names.RENAME_EXCHANGE);
        assertEquals("content", merged().read("dir"));
        assertEquals(List.of("inner"), merged().names("file"));
    }
}
