package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import mille.linux.Errno;
import mille.linux.Names;
import mille.linux.O;
import mille.testkit.Command;
import mille.testkit.Expect;
import mille.testkit.OverlayDriver;
import mille.testkit.Playground;
import org.junit.jupiter.api.Test;

/** The flags of {@code chattr(1)}: what they forbid, and where the overlay keeps those that it can't set on a layer's file. */
abstract class FlagContract extends UnionChapter {
    private static final String PROTECTION = "trusted.overlay.protattr";

    private final boolean refusesAtOpen;

    /**
     * @param refusesAtOpen false where the file server isn't asked when a file is opened: then the write fails, and what is open to write an
     *     append-only file may write anywhere
     */
    FlagContract(OverlayDriver driver, boolean refusesAtOpen) {
        super(driver);
        this.refusesAtOpen = refusesAtOpen;
    }

    private void assertNotOpened(String name, int flags) throws IOException {
        if (refusesAtOpen) {
            Expect.errno(Errno.EPERM, () -> merged().open(name, flags).close());
        }
    }

    private static void chattr(Playground where, String flags, String name) throws IOException {
        Command.run("chattr", flags, where.path(name).toString());
    }

    private String flags(String name) throws IOException {
        return Command.run("lsattr", "-d", merged().path(name).toString()).split(" ", 2)[0];
    }

    @Test
    void anImmutableFileStaysAsItIs() throws IOException {
        bottom().write("file", "text");
        mount();
        merged().write("other", "");
        chattr(merged(), "+i", "file");
        assertTrue(flags("file").contains("i"));
        assertEquals("i", upper().xattr("file", PROTECTION));
        assertEquals("text", merged().read("file"));
        assertNotOpened("file", O.WRONLY);
        assertNotOpened("file", O.WRONLY | O.APPEND);
        Expect.errno(Errno.EPERM, () -> merged().append("file", "more"));
        Expect.errno(Errno.EPERM, () -> merged().write("file", "other"));
        Expect.errno(Errno.EPERM, () -> merged().unlink("file"));
        Expect.errno(Errno.EPERM, () -> merged().rename("file", "elsewhere"));
        Expect.errno(Errno.EPERM, () -> merged().rename("other", "file"));
        Expect.errno(Errno.EPERM, () -> merged().rename("other", "file", Names.RENAME_EXCHANGE));
        Expect.errno(Errno.EPERM, () -> merged().link("file", "link"));
        Expect.errno(Errno.EPERM, () -> merged().chmod("file", 0600));
        Expect.errno(Errno.EPERM, () -> merged().setXattr("file", "user.x", "1"));
        chattr(merged(), "-i", "file");
        assertNull(upper().xattr("file", PROTECTION));
        merged().append("file", " more");
        merged().unlink("file");
    }

    @Test
    void anAppendOnlyFileGrowsAndNothingElse() throws IOException {
        mount();
        merged().write("file", "text");
        chattr(merged(), "+a", "file");
        assertEquals("a", upper().xattr("file", PROTECTION));
        merged().append("file", " more");
        assertEquals("text more", merged().read("file"));
        assertNotOpened("file", O.WRONLY);
        Expect.errno(
                Errno.EPERM,
                () -> merged().open("file", O.WRONLY | O.APPEND | O.TRUNC).close());
        Expect.errno(Errno.EPERM, () -> merged().unlink("file"));
        Expect.errno(Errno.EPERM, () -> merged().link("file", "link"));
        Expect.errno(Errno.EPERM, () -> merged().chown("file", 1, 1));
    }

    @Test
    void anImmutableDirectoryTakesAndLosesNoNames() throws IOException {
        bottom().mkdir("dir");
        bottom().write("dir/file", "");
        mount();
        chattr(merged(), "+i", "dir");
        Expect.errno(Errno.EPERM, () -> merged().write("dir/new", ""));
        Expect.errno(Errno.EPERM, () -> merged().mkdir("dir/new"));
        Expect.errno(Errno.EPERM, () -> merged().unlink("dir/file"));
        Expect.errno(Errno.EPERM, () -> merged().rename("dir/file", "file"));
        Expect.errno(Errno.EPERM, () -> merged().rmdir("dir"));
        merged().write("dir/file", "what is in it can be written");
        chattr(merged(), "-i", "dir");
        merged().unlink("dir/file");
    }

    @Test
    void flagsOfALowerFileHoldAndSurviveItsCopyUp() throws IOException {
        top().write("growing", "text");
        chattr(top(), "+aA", "growing");
        top().write("fixed", "");
        chattr(top(), "+i", "fixed");
        mount();
        Expect.errno(Errno.EPERM, () -> merged().unlink("growing"));
        assertNotOpened("fixed", O.RDWR);
        Expect.errno(Errno.EPERM, () -> merged().chmod("fixed", 0600));
        merged().append("growing", " more");
        assertEquals("a", upper().xattr("growing", PROTECTION));
        assertTrue(flags("growing").matches(".*a.*A.*"));
        assertNotOpened("growing", O.WRONLY);
    }

    @Test
    void flagsThatForbidNothingAreTheFilesOwn() throws IOException {
        bottom().write("file", "");
        mount();
        chattr(merged(), "+d", "file");
        assertTrue(flags("file").contains("d"));
        assertTrue(Command.run("lsattr", upper().path("file").toString()).contains("d"));
        assertNull(upper().xattr("file", PROTECTION));
    }
}
