package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Expect;
import mille.testkit.Playground;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@code renameat2(2)}. */
abstract class RenameContract extends Chapter {
    RenameContract(Path root) {
        super(root);
    }

    private record Refusal(String from, String to, int flags, Errno errno) {}

    @TestFactory
    Stream<DynamicTest> refusesWhatCannotBeRenamed() throws IOException {
        here().write("file", "content");
        here().mkdir("dir");
        here().mkdir("dir/sub");
        here().mkdir("full");
        here().write("full/file", "x");
        here().mkdir("empty");
        return Stream.of(
                        new Refusal("absent", "new", 0, Errno.ENOENT),
                        new Refusal("file", "absent/new", 0, Errno.ENOENT),
                        new Refusal("file", "full/file/new", 0, Errno.ENOTDIR),
                        new Refusal("file", "dir", 0, Errno.EISDIR),
                        new Refusal("empty", "file", 0, Errno.ENOTDIR),
                        new Refusal("empty", "full", 0, Errno.ENOTEMPTY),
                        new Refusal("dir", "dir/sub/new", 0, Errno.EINVAL),
                        new Refusal("dir", "dir/sub", 0, Errno.EINVAL),
                        new Refusal("dir/sub", "dir", 0, Errno.ENOTEMPTY),
                        new Refusal("file", "empty", Names.RENAME_NOREPLACE, Errno.EEXIST),
                        new Refusal("file", "file", Names.RENAME_NOREPLACE, Errno.EEXIST),
                        new Refusal("file", "absent", Names.RENAME_EXCHANGE, Errno.ENOENT),
                        new Refusal("dir", "dir/sub", Names.RENAME_EXCHANGE, Errno.EINVAL),
                        new Refusal("dir/sub", "dir", Names.RENAME_EXCHANGE, Errno.EINVAL),
                        new Refusal("file", "new", Names.RENAME_EXCHANGE | Names.RENAME_NOREPLACE, Errno.EINVAL))
                .map(row -> DynamicTest.dynamicTest(
                        row.toString(),
                        () -> Expect.errno(row.errno, () -> here().rename(row.from, row.to, row.flags))));
    }

    @Test
    void movesAFileBetweenDirectories() throws IOException {
        here().mkdir("a");
        here().mkdir("b");
        here().write("a/file", "content");
        Stat before = here().stat("a/file");
        here().rename("a/file", "b/moved");
        assertEquals(List.of(), here().names("a"));
        assertEquals("content", here().read("b/moved"));
        Stat after = here().stat("b/moved");
        assertEquals(before.inode(), after.inode());
        assertEquals(before.modified(), after.modified());
    }

    @Test
    void replacesAFileThatStaysUsableWhereItIsOpen() throws IOException {
        here().write("old", "old content");
        here().write("new", "new content");
        try (Fd open = here().open("old", O.RDWR)) {
            here().rename("new", "old");
            assertEquals("new content", here().read("old"));
            assertFalse(here().exists("new"));
            assertEquals("old content", Playground.readAll(open));
            Playground.writeAt(open, 0, "OLD");
            assertEquals(0, Stat.of(open).linkCount());
        }
        assertEquals("new content", here().read("old"));
    }

    @Test
    void anOpenFileFollowsItsNewName() throws IOException {
        here().write("before", "content");
        try (Fd open = here().open("before", O.RDWR)) {
            here().rename("before", "after");
            Playground.writeAt(open, 7, " more");
        }
        assertEquals("content more", here().read("after"));
    }

    @Test
    void movesADirectoryWithAllThatIsInIt() throws IOException {
        here().mkdir("a");
        here().mkdir("a/sub");
        here().write("a/sub/file", "content");
        here().mkdir("b");
        here().rename("a", "b/moved");
        assertEquals("content", here().read("b/moved/sub/file"));
        Expect.errno(Errno.ENOENT, () -> here().stat("a/sub/file"));
        here().mkdir("a");
        assertEquals(List.of(), here().names("a"));
    }

    @Test
    void replacesAnEmptyDirectory() throws IOException {
        here().mkdir("a");
        here().write("a/file", "content");
        here().mkdir("empty");
        here().rename("a", "empty");
        assertEquals("content", here().read("empty/file"));
        assertEquals(List.of("empty"), here().names("."));
    }

    @Test
    void aNameOfTheSameFileStaysWhenRenamedOverTheOther() throws IOException {
        here().write("one", "content");
        here().link("one", "two");
        here().rename("one", "two");
        assertEquals(List.of("one", "two"), here().names("."));
        here().rename("one", "one");
        assertEquals(2, here().stat("one").linkCount());
    }

    @Test
    void exchangesFilesDirectoriesAndMixtures() throws IOException {
        here().write("file", "content");
        here().mkdir("dir");
        here().write("dir/inner", "inner");
        here().symlink("target", "link");
        here().rename("file", "dir", Names.RENAME_EXCHANGE);
        assertEquals("content", here().read("dir"));
        assertEquals("inner", here().read("file/inner"));
        here().rename("link", "file", Names.RENAME_EXCHANGE);
        assertEquals("target", here().readlink("file"));
        assertEquals("inner", here().read("link/inner"));
        here().write("link/other", "other");
        here().rename("link/inner", "link/other", Names.RENAME_EXCHANGE);
        assertEquals("other", here().read("link/inner"));
        assertEquals("inner", here().read("link/other"));
    }

    @Test
    void renamesWithoutReplacingWhereNothingIs() throws IOException {
        here().write("file", "content");
        here().rename("file", "new", Names.RENAME_NOREPLACE);
        assertEquals("content", here().read("new"));
        here().mkdir("dir");
        here().rename("dir", "other", Names.RENAME_NOREPLACE);
        assertEquals(List.of("new", "other"), here().names("."));
    }

    @Test
    void movesSymlinksAndSpecialFilesAsTheyAre() throws IOException {
        here().symlink("dangling", "link");
        here().mknod("fifo", Stat.S_IFIFO | 0600, 0, 0);
        here().rename("link", "link2");
        here().rename("fifo", "link2");
        assertEquals(Stat.S_IFIFO, here().stat("link2").type());
        assertEquals(List.of("link2"), here().names("."));
    }

    @Test
    void stampsTheChangeTimeOfWhatMoves() throws IOException, InterruptedException {
        here().write("file", "content");
        Stat before = here().stat("file");
        // Longer than a tick of the clock that stamps files.
        Thread.sleep(20);
        here().rename("file", "moved");
        here().rename("moved", "file");
        assertTrue(here().stat("file").changed().compareTo(before.changed()) > 0);
        assertEquals(before.modified(), here().stat("file").modified());
    }
}
