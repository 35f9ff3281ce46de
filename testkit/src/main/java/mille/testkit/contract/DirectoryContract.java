package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mille.linux.DirectoryReader;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.FileName;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Command;
import mille.testkit.Expect;
import mille.testkit.Probe;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Making, removing and listing directories. */
abstract class DirectoryContract extends Chapter {
    private static final int MANY = 5_000;

    DirectoryContract(Path root) {
        super(root);
    }

    private record Refusal(String what, Errno errno, Attempt attempt) {}

    @FunctionalInterface
    private interface Attempt {
        void run(DirectoryContract test) throws IOException;
    }

    @TestFactory
    Stream<DynamicTest> refusesWhatCannotBe() throws IOException {
        here().mkdir("full");
        here().write("full/file", "content");
        here().mkdir("empty");
        here().symlink("empty", "link");
        return Stream.of(
                        new Refusal(
                                "mkdir over a directory",
                                Errno.EEXIST,
                                t -> t.here().mkdir("empty")),
                        new Refusal(
                                "mkdir over a file", Errno.EEXIST, t -> t.here().mkdir("full/file")),
                        new Refusal(
                                "mkdir over a symlink",
                                Errno.EEXIST,
                                t -> t.here().mkdir("link")),
                        new Refusal(
                                "mkdir below nothing",
                                Errno.ENOENT,
                                t -> t.here().mkdir("no/dir")),
                        new Refusal(
                                "mkdir below a file",
                                Errno.ENOTDIR,
                                t -> t.here().mkdir("full/file/dir")),
                        new Refusal(
                                "rmdir of nothing", Errno.ENOENT, t -> t.here().rmdir("no")),
                        new Refusal(
                                "rmdir of a file", Errno.ENOTDIR, t -> t.here().rmdir("full/file")),
                        new Refusal(
                                "rmdir of a symlink",
                                Errno.ENOTDIR,
                                t -> t.here().rmdir("link")),
                        new Refusal(
                                "rmdir of a full one",
                                Errno.ENOTEMPTY,
                                t -> t.here().rmdir("full")),
                        new Refusal(
                                "unlink of a directory",
                                Errno.EISDIR,
                                t -> t.here().unlink("empty")),
                        new Refusal("rmdir of dot", Errno.EINVAL, t -> t.here().rmdir(".")))
                .map(row ->
                        DynamicTest.dynamicTest(row.what, () -> Expect.errno(row.errno, () -> row.attempt.run(this))));
    }

    @Test
    void aNewDirectoryIsEmptyAndGoesAgain() throws IOException {
        here().mkdir("dir", 0750);
        Stat made = here().stat("dir");
        assertEquals(Stat.S_IFDIR | 0750, made.mode());
        assertEquals(List.of(), here().names("dir"));
        here().rmdir("dir");
        Expect.errno(Errno.ENOENT, () -> here().stat("dir"));
        here().mkdir("dir");
        assertEquals(List.of(), here().names("dir"));
    }

    @Test
    void aRemovedDirectoryThatIsOpenTakesNothingAndListsNothing() throws IOException {
        here().mkdir("dir");
        try (Fd directory = here().open("dir", O.RDONLY | O.DIRECTORY)) {
            here().rmdir("dir");
            Expect.errno(
                    Errno.ENOENT,
                    () -> directory
                            .openAt(FileName.of("file"), O.WRONLY | O.CREAT, 0644)
                            .close());
            Expect.errno(Errno.ENOENT, () -> listed(directory));
        }
    }

    @Test
    void aDirectoryCountsItsSubdirectoriesOrIsAlwaysOne() throws IOException {
        here().mkdir("dir");
        int before = here().stat("dir").linkCount();
        assertTrue(before == 1 || before == 2, () -> "a new directory has " + before + " links");
        here().mkdir("dir/a");
        here().mkdir("dir/b");
        here().write("dir/file", "");
        assertEquals(before == 1 ? 1 : 4, here().stat("dir").linkCount());
        here().rmdir("dir/a");
        assertEquals(before == 1 ? 1 : 3, here().stat("dir").linkCount());
    }

    @Test
    void listsEachTypeWithItsInode() throws IOException {
        here().write("file", "");
        here().mkdir("dir");
        here().symlink("file", "link");
        here().mknod("fifo", Stat.S_IFIFO | 0600, 0, 0);
        here().mknod("socket", Stat.S_IFSOCK | 0600, 0, 0);
        here().mknod("char", Stat.S_IFCHR | 0600, 1, 3);
        here().mknod("block", Stat.S_IFBLK | 0600, 7, 250);
        Map<String, Integer> types = new HashMap<>();
        try (Fd directory = here().open(".", O.RDONLY | O.DIRECTORY)) {
            DirectoryReader.forEach(directory, (name, inode, type) -> {
                types.put(name.toString(), type);
                assertEquals(Stat.at(here().directory(), name).inode(), inode, () -> "inode of " + name);
            });
        }
        assertEquals(
                Map.of(
                        "file", DirectoryReader.DT_REG,
                        "dir", DirectoryReader.DT_DIR,
                        "link", DirectoryReader.DT_LNK,
                        "fifo", DirectoryReader.DT_FIFO,
                        "socket", DirectoryReader.DT_SOCK,
                        "char", DirectoryReader.DT_CHR,
                        "block", DirectoryReader.DT_BLK),
                types);
    }

    @Test
    void dotAndDotDotAreListed() throws IOException {
        here().mkdir("dir");
        assertEquals("2", Probe.ask("dots", here().path("dir")));
    }

    @Test
    void aPlaceInALargeDirectoryIsFoundAgain() throws IOException {
        here().mkdir("large");
        fill("large", MANY);
        assertEquals(MANY, here().names("large").size());
        assertEquals((MANY + 2) + " " + (MANY + 2), Probe.ask("seek-directory", here().path("large")));
    }

    @Test
    void entriesCanBeRemovedWhileTheyAreRead() throws IOException {
        here().mkdir("large");
        fill("large", MANY);
        assertEquals("0", Probe.ask("remove-while-reading", here().path("large")));
        here().rmdir("large");
    }

    @Test
    void aWholeTreeIsRemovedByRm() throws IOException {
        for (int i = 0; i < 20; i++) {
            here().mkdir("tree" + i % 2 + (i < 2 ? "" : "/dir" + i));
            fill("tree" + i % 2 + (i < 2 ? "" : "/dir" + i), 50);
        }
        Command.run(
                "rm",
                "-r",
                here().path("tree0").toString(),
                here().path("tree1").toString());
        assertEquals(List.of(), here().names("."));
    }

    @Test
    void whatIsMadeWhileADirectoryIsOpenIsSeenAfterRewinding() throws IOException {
        try (Fd directory = here().open(".", O.RDONLY | O.DIRECTORY)) {
            here().write("first", "");
            assertEquals(List.of("first"), listed(directory));
            here().write("second", "");
            here().unlink("first");
            FileData.seek(directory, 0, 0);
            assertEquals(List.of("second"), listed(directory));
        }
    }

    @Test
    void namesMayBeAnyBytesAndUpTo255OfThem() throws IOException {
        byte[] odd = new byte[255];
        for (int i = 0; i < odd.length; i++) {
            odd[i] = (byte) (i + 1 == '/' ? 'x' : i + 1);
        }
        FileName name = FileName.of(odd);
        here().directory().openAt(name, O.WRONLY | O.CREAT, 0644).close();
        List<FileName> found = new ArrayList<>();
        try (Fd directory = here().open(".", O.RDONLY | O.DIRECTORY)) {
            DirectoryReader.forEach(directory, (entry, _, _) -> found.add(entry));
        }
        assertEquals(List.of(name), found);
        assertTrue(Stat.at(here().directory(), name).isRegular());
        assertEquals(255, new String(found.getFirst().bytes(), StandardCharsets.ISO_8859_1).length());
    }

    @Test
    void aNameOf256BytesIsTooLong() {
        Path tooLong = here().path("n".repeat(256));
        Expect.errno(
                Errno.ENAMETOOLONG,
                () -> Fd.open(tooLong, O.WRONLY | O.CREAT, 0644).close());
        Expect.errno(Errno.ENAMETOOLONG, () -> Fd.open(tooLong, O.RDONLY).close());
    }

    @Test
    void changesOfEntriesStampTheDirectoryAndReadingDoesNot() throws IOException {
        here().mkdir("dir");
        record Change(String what, Attempt attempt) {}
        List<Change> changes = List.of(
                new Change("create", t -> t.here().write("dir/file", "x")),
                new Change("mkdir", t -> t.here().mkdir("dir/sub")),
                new Change("link", t -> t.here().link("dir/file", "dir/second")),
                new Change("symlink", t -> t.here().symlink("x", "dir/link")),
                new Change("rename", t -> t.here().rename("dir/file", "dir/renamed")),
                new Change("unlink", t -> t.here().unlink("dir/second")),
                new Change("rmdir", t -> t.here().rmdir("dir/sub")));
        for (Change change : changes) {
            here().utimes("dir", new Stat.Time(7, 0), new Stat.Time(7, 0));
            change.attempt.run(this);
            assertTrue(here().stat("dir").modified().seconds() > 7, change.what);
        }
        here().utimes("dir", null, new Stat.Time(7, 0));
        here().names("dir");
        here().read("dir/renamed");
        here().chmod("dir/renamed", 0600);
        here().append("dir/renamed", "more");
        assertEquals(7, here().stat("dir").modified().seconds());
    }

    private void fill(String directory, int count) throws IOException {
        try (Fd fd = here().open(directory, O.RDONLY | O.DIRECTORY)) {
            for (int i = 0; i < count; i++) {
                fd.openAt(FileName.of("a-rather-long-name-of-entry-" + i), O.WRONLY | O.CREAT, 0644)
                        .close();
            }
        }
    }

    private static List<String> listed(Fd directory) throws IOException {
        List<String> names = new ArrayList<>();
        DirectoryReader.forEach(directory, (name, _, _) -> names.add(name.toString()));
        return names;
    }
}
