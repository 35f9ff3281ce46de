package mille.testkit.contract;

import static mille.testkit.Caller.ALICE;
import static mille.testkit.Caller.BOB;
import static mille.testkit.Caller.ROOT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.FileData;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Acl;
import mille.testkit.Caller;
import mille.testkit.Expect;
import mille.testkit.Playground;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may do what: mode bits, set-id bits, sticky directories, umask, ACLs. */
abstract class PermissionContract extends Chapter {
    PermissionContract(Path root) {
        super(root);
    }

    private record Access(int mode, Caller caller, int flags, boolean allowed) {}

    /** The file is Alice's, and its group is Bob's. */
    @TestFactory
    Stream<DynamicTest> opensByModeBits() {
        Caller stranger = new Caller(13_000, 13_000, 022);
        return Stream.of(
                        new Access(0400, ALICE, O.RDONLY, true),
                        new Access(0400, ALICE, O.RDWR, false),
                        new Access(0077, ALICE, O.RDONLY, false),
                        new Access(0040, BOB, O.RDONLY, true),
                        new Access(0020, BOB, O.WRONLY, true),
                        new Access(0707, BOB, O.RDONLY, false),
                        new Access(0004, stranger, O.RDONLY, true),
                        new Access(0002, stranger, O.RDONLY, false),
                        new Access(0002, stranger, O.WRONLY | O.TRUNC, true),
                        new Access(0770, stranger, O.RDONLY, false),
                        new Access(0000, ROOT, O.RDWR, true))
                .map(row -> DynamicTest.dynamicTest(row.toString(), () -> {
                    if (here().exists("file")) {
                        here().unlink("file");
                    }
                    here().file("file", row.mode);
                    here().chown("file", ALICE.uid(), BOB.gid());
                    Caller.Action open = () ->
                            row.caller.does(() -> here().open("file", row.flags).close());
                    if (row.allowed) {
                        open.run();
                    } else {
                        Expect.errno(Errno.EACCES, open);
                    }
                }));
    }

    @Test
    void aDirectoryNeedsWriteForEntriesSearchForPathsReadForLists() throws IOException {
        here().mkdir("dir");
        here().write("dir/file", "content");
        here().chmod("dir", 0755);
        ALICE.does(() -> {
            assertEquals("content", here().read("dir/file"));
            Expect.errno(Errno.EACCES, () -> here().write("dir/new", ""));
            Expect.errno(Errno.EACCES, () -> here().mkdir("dir/new"));
            Expect.errno(Errno.EACCES, () -> here().symlink("x", "dir/new"));
            Expect.errno(Errno.EACCES, () -> here().unlink("dir/file"));
            Expect.errno(Errno.EACCES, () -> here().rename("dir/file", "dir/new"));
        });
        here().chmod("dir", 0711);
        ALICE.does(() -> {
            assertEquals("content", here().read("dir/file"));
            Expect.errno(Errno.EACCES, () -> here().names("dir"));
        });
        here().chmod("dir", 0766);
        ALICE.does(() -> {
            Expect.errno(Errno.EACCES, () -> here().stat("dir/file"));
            Expect.errno(Errno.EACCES, () -> here().write("dir/new", ""));
        });
    }

    @Test
    void onlyTheOwnerChangesModeTimesAndAttributes() throws IOException {
        here().file("file", 0666);
        here().chown("file", ALICE);
        BOB.does(() -> {
            Expect.errno(Errno.EPERM, () -> here().chmod("file", 0600));
            Expect.errno(Errno.EPERM, () -> here().chown("file", BOB));
            Expect.errno(Errno.EPERM, () -> here().utimes("file", new Stat.Time(1, 0), null));
            here().utimes("file", FileAttributes.NOW, FileAttributes.NOW);
        });
        ALICE.does(() -> {
            here().chmod("file", 0640);
            here().utimes("file", new Stat.Time(1, 0), new Stat.Time(1, 0));
            here().chown("file", -1, ALICE.gid());
            Expect.errno(Errno.EPERM, () -> here().chown("file", BOB.uid(), -1));
            Expect.errno(Errno.EPERM, () -> here().chown("file", -1, BOB.gid()));
        });
        Expect.errno(Errno.EACCES, () -> BOB.does(() -> here().utimes("file", FileAttributes.NOW, FileAttributes.NOW)));
    }

    private record SetId(String how, int mode, int after, Change change) {}

    @FunctionalInterface
    private interface Change {
        void apply(Playground here) throws IOException;
    }

    @TestFactory
    Stream<DynamicTest> changesByAUserDropSetIdBits() {
        Change write = here -> {
            try (Fd file = here.open("file", O.WRONLY)) {
                Playground.writeAt(file, 0, "x");
            }
        };
        Change truncate = here -> {
            try (Fd file = here.open("file", O.WRONLY)) {
                FileData.truncate(file, 1);
            }
        };
        Change truncateAtOpen = here -> here.open("file", O.WRONLY | O.TRUNC).close();
        Change allocate = here -> {
            try (Fd file = here.open("file", O.WRONLY)) {
                FileData.allocate(file, 0, 0, 4096);
            }
        };
        Change owner = here -> here.chown("file", ALICE);
        return Stream.of(
                        new SetId("write", 06777, 0777, write),
                        new SetId("write without group execution", 06767, 02767, write),
                        new SetId("write, sticky stays", 05777, 01777, write),
                        new SetId("truncate", 06777, 0777, truncate),
                        new SetId("O_TRUNC", 06777, 0777, truncateAtOpen),
                        new SetId("fallocate", 06777, 0777, allocate),
                        new SetId("chown", 06777, 0777, owner))
                .map(row -> DynamicTest.dynamicTest(row.how, () -> {
                    if (here().exists("file")) {
                        here().unlink("file");
                    }
                    here().write("file", "some content");
                    here().chown("file", ALICE);
                    here().chmod("file", row.mode);
                    ALICE.does(() -> row.change.apply(here()));
                    assertEquals(row.after, here().stat("file").permissions());
                }));
    }

    @Test
    void rootKeepsSetIdBitsWhenItWritesButNotWhenItGivesAway() throws IOException {
        here().file("file", 0644);
        here().chmod("file", 06755);
        here().append("file", "x");
        assertEquals(06755, here().stat("file").permissions());
        here().chown("file", ALICE);
        assertEquals(0755, here().stat("file").permissions());
        here().mkdir("dir");
        here().chmod("dir", 06755);
        here().chown("dir", ALICE);
        assertEquals(06755, here().stat("dir").permissions());
    }

    @Test
    void aUserCannotSetTheGroupBitOfAForeignGroup() throws IOException {
        here().file("file", 0644);
        here().chown("file", ALICE.uid(), BOB.gid());
        ALICE.does(() -> here().chmod("file", 02755));
        assertEquals(0755, here().stat("file").permissions());
    }

    @Test
    void inAStickyDirectoryOnlyOwnersRemove() throws IOException {
        here().mkdir("tmp");
        here().chmod("tmp", 01777);
        ALICE.does(() -> here().write("tmp/alices", "mine"));
        ALICE.does(() -> here().mkdir("tmp/dir"));
        BOB.does(() -> {
            Expect.errno(Errno.EPERM, () -> here().unlink("tmp/alices"));
            Expect.errno(Errno.EPERM, () -> here().rmdir("tmp/dir"));
            Expect.errno(Errno.EPERM, () -> here().rename("tmp/alices", "tmp/bobs"));
            here().write("tmp/bobs", "mine");
            Expect.errno(Errno.EPERM, () -> here().rename("tmp/bobs", "tmp/alices"));
        });
        ALICE.does(() -> {
            here().rename("tmp/alices", "tmp/renamed");
            here().unlink("tmp/renamed");
        });
        here().chown("tmp", ALICE);
        ALICE.does(() -> here().unlink("tmp/bobs"));
    }

    @Test
    void aSetGroupDirectoryPassesItsGroupOn() throws IOException {
        here().mkdir("dir");
        here().chown("dir", 0, BOB.gid());
        here().chmod("dir", 02777);
        ALICE.does(() -> {
            here().write("dir/file", "");
            here().mkdir("dir/sub");
            here().symlink("x", "dir/link");
            here().mknod("dir/fifo", Stat.S_IFIFO | 0600, 0, 0);
        });
        for (String made : new String[] {"file", "sub", "link", "fifo"}) {
            assertEquals(BOB.gid(), here().stat("dir/" + made).gid(), made);
            assertEquals(ALICE.uid(), here().stat("dir/" + made).uid(), made);
        }
        assertEquals(02755, here().stat("dir/sub").permissions());
        assertEquals(0644, here().stat("dir/file").permissions());
    }

    @Test
    void theUmaskOfTheCallerCounts() throws IOException {
        here().chmod(".", 0777);
        ALICE.withUmask(077).does(() -> {
            here().open("file", O.WRONLY | O.CREAT, 0666).close();
            here().mkdir("dir", 0777);
            here().mknod("fifo", Stat.S_IFIFO | 0666, 0, 0);
        });
        ALICE.withUmask(0).does(() -> here().mkdir("open", 01777));
        assertEquals(0600, here().stat("file").permissions());
        assertEquals(0700, here().stat("dir").permissions());
        assertEquals(0600, here().stat("fifo").permissions());
        assertEquals(01777, here().stat("open").permissions());
        assertEquals(ALICE.uid(), here().stat("file").uid());
        assertEquals(ALICE.gid(), here().stat("dir").gid());
    }

    @Test
    void anAccessListLetsOneUserMoreIn() throws IOException {
        here().write("file", "content");
        here().chmod("file", 0600);
        here().setXattr("file", Acl.ACCESS, new Acl(0600).user(ALICE.uid(), 4).bytes(), 0);
        ALICE.does(() -> {
            assertEquals("content", here().read("file"));
            Expect.errno(Errno.EACCES, () -> here().append("file", "x"));
        });
        Expect.errno(Errno.EACCES, () -> BOB.does(() -> here().read("file")));
        assertEquals(0670, here().stat("file").permissions());
        here().chmod("file", 0600);
        Expect.errno(Errno.EACCES, () -> ALICE.does(() -> here().read("file")));
    }

    @Test
    void aDefaultAccessListTakesTheUmasksPlace() throws IOException {
        here().mkdir("dir");
        here().chmod("dir", 0777);
        here().setXattr("dir", Acl.DEFAULT, new Acl(0750).user(BOB.uid(), 7).bytes(), 0);
        ALICE.withUmask(077).does(() -> {
            here().open("dir/file", O.WRONLY | O.CREAT, 0666).close();
            here().mkdir("dir/sub", 0777);
        });
        assertEquals(0660, here().stat("dir/file").permissions());
        assertEquals(0770, here().stat("dir/sub").permissions());
        assertEquals(here().xattr("dir", Acl.DEFAULT), here().xattr("dir/sub", Acl.DEFAULT));
        BOB.does(() -> here().write("dir/file", "bob may"));
        Caller stranger = new Caller(13_000, 13_000, 022);
        Expect.errno(Errno.EACCES, () -> stranger.does(() -> here().read("dir/file")));
    }

    @Test
    void anAccessListThatSaysNoMoreThanTheModeIsTheMode() throws IOException {
        here().file("file", 0600);
        here().setXattr("file", Acl.ACCESS, new Acl(0644).bytes(), 0);
        assertEquals(0644, here().stat("file").permissions());
        assertEquals(null, here().xattr("file", Acl.ACCESS));
    }
}
