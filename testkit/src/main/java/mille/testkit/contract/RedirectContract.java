package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import mille.linux.Errno;
import mille.linux.Names;
import mille.testkit.Expect;
import mille.testkit.OverlayDriver;
import mille.testkit.Playground;
import org.junit.jupiter.api.Test;

/** Directories of lower layers that were moved, with {@code redirect_dir=on}. */
abstract class RedirectContract extends UnionChapter {
    private static final String REDIRECT = "trusted.overlay.redirect";
    /** Whoever moves a directory leaves this in the one that it moves to. */
    private static final String IMPURE = "trusted.overlay.impure";

    private static final String ON = "redirect_dir=on";

    RedirectContract(OverlayDriver driver) {
        super(driver);
    }

    private static void tree(Playground layer, String... directories) throws IOException {
        for (String directory : directories) {
            layer.mkdir(directory);
        }
    }

    @Test
    void aMovedDirectoryKeepsWhatAllLayersHaveInIt() throws IOException {
        for (Playground layer : List.of(bottom(), middle(), top())) {
            tree(layer, "dir", "dir/sub");
            layer.write("dir/sub/" + layer.name(), "");
        }
        tree(top(), "elsewhere");
        mount(ON);
        merged().rename("dir/sub", "dir/beside");
        merged().rename("dir", "elsewhere/dir");
        assertEquals(List.of("lower0", "lower1", "lower2"), merged().names("elsewhere/dir/beside"));
        assertEquals("sub", upper().xattr("elsewhere/dir/beside", REDIRECT));
        assertEquals("/dir", upper().xattr("elsewhere/dir", REDIRECT));
        assertWhiteout(upper(), "dir");
    }

    @Test
    void directoriesOfLowerLayersChangePlaces() throws IOException {
        tree(bottom(), "a", "b");
        bottom().write("a/of-a", "");
        bottom().write("b/of-b", "");
        mount(ON);
        merged().rename("a", "b", Names.RENAME_EXCHANGE);
        assertEquals(List.of("of-b"), merged().names("a"));
        assertEquals(List.of("of-a"), merged().names("b"));
    }

    @Test
    void anOpaqueDirectoryOnTheWayHidesTheLayersBelow() throws IOException {
        tree(bottom(), "b", "b/b");
        bottom().write("b/b/hidden", "");
        tree(middle(), "b", "b/b");
        middle().setXattr("b", "trusted.overlay.opaque", "y");
        tree(top(), "a");
        mount(ON);
        merged().rename("b/b", "a/c");
        assertEquals(List.of(), merged().names("a/c"));
    }

    @Test
    void aFileOnTheWayHidesTheLayersBelow() throws IOException {
        tree(bottom(), "b", "b/b");
        bottom().write("b/b/hidden", "");
        middle().write("b", "a file");
        tree(top(), "b", "b/b");
        top().write("b/b/seen", "");
        tree(upper(), "a");
        upper().setXattr("a", REDIRECT, "/b/b");
        whiteout(upper(), "b");
        mount(ON);
        assertEquals(List.of("seen"), merged().names("a"));
    }

    @Test
    void aNameBesideIsMeantBesideTheGoalOfTheRedirectAbove() throws IOException {
        tree(bottom(), "b", "b/old");
        bottom().write("b/old/file", "");
        tree(middle(), "b", "b/new");
        middle().setXattr("b/new", REDIRECT, "old");
        tree(upper(), "a", "a/c");
        upper().setXattr("a", IMPURE, "y");
        upper().setXattr("a/c", REDIRECT, "/b/new");
        whiteout(upper(), "b");
        mount(ON);
        assertEquals(List.of("file"), merged().names("a/c"));
    }

    @Test
    void aDirectoryOnTheWayThatWasMovedIsFoundUnderItsOldName() throws IOException {
        tree(bottom(), "old", "old/dir");
        bottom().write("old/dir/file", "");
        tree(middle(), "new", "new/dir");
        middle().setXattr("new", REDIRECT, "/old");
        tree(upper(), "a", "a/c");
        upper().setXattr("a", IMPURE, "y");
        upper().setXattr("a/c", REDIRECT, "/new/dir");
        whiteout(upper(), "new");
        mount(ON);
        assertEquals(List.of("file"), merged().names("a/c"));
    }

    @Test
    void aRedirectNamesThePathThatTheLayerBelowKnows() throws IOException {
        tree(bottom(), "a", "a/dir", "a/dir/pop");
        bottom().write("a/dir/pop/file", "");
        tree(middle(), "a", "a/new", "a/new/dir");
        middle().setXattr("a/new", IMPURE, "y");
        middle().setXattr("a/new/dir", REDIRECT, "/a/dir");
        whiteout(middle(), "a/dir");
        mount(ON);
        merged().rename("a/new/dir/pop", "a/new/pop");
        assertEquals("/a/new/dir/pop", upper().xattr("a/new/pop", REDIRECT));
        assertEquals(List.of("file"), merged().names("a/new/pop"));
    }

    @Test
    void aRedirectLeadsOutOfAnOpaqueDirectoryOnTheWay() throws IOException {
        tree(bottom(), "old", "old/dir");
        bottom().write("old/dir/file", "");
        tree(middle(), "opaque", "opaque/new", "opaque/new/dir");
        middle().setXattr("opaque", "trusted.overlay.opaque", "y");
        middle().setXattr("opaque/new", REDIRECT, "/old");
        tree(upper(), "a");
        upper().setXattr("a", REDIRECT, "/opaque/new/dir");
        upper().setXattr(".", IMPURE, "y");
        whiteout(upper(), "opaque");
        mount(ON);
        assertEquals(List.of("file"), merged().names("a"));
    }

    @Test
    void aRenameOverAFullDirectoryCopiesNothing() throws IOException {
        tree(bottom(), "a", "a/moves", "full");
        bottom().write("full/file", "");
        mount(ON);
        Expect.errno(Errno.ENOTEMPTY, () -> merged().rename("a/moves", "full"));
        assertEquals(List.of(), upper().names("."));
    }
}
