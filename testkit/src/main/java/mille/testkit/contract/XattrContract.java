package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.O;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import mille.testkit.Caller;
import mille.testkit.Expect;
import mille.testkit.Playground;
import mille.testkit.Probe;
import org.junit.jupiter.api.Test;

/** Extended attributes: their values are any bytes, their sizes can be asked for. */
abstract class XattrContract extends Chapter {
    /** {@code cap_net_raw+ep} in revision 2 of {@code struct vfs_cap_data}. */
    private static final byte[] CAPABILITY = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    XattrContract(Path root) {
        super(root);
    }

    @Test
    void valuesAreSetReplacedAndRemoved() throws IOException {
        here().file("file", 0644);
        String binary = "\0\u00ff\n\u0080";
        here().setXattr("file", "user.binary", binary);
        here().setXattr("file", "user.empty", "");
        here().setXattr("file", "trusted.mine", "t");
        assertEquals(binary, here().xattr("file", "user.binary"));
        assertEquals("", here().xattr("file", "user.empty"));
        assertTrue(here().xattrs("file").containsAll(List.of("trusted.mine", "user.binary", "user.empty")));
        here().setXattr("file", "user.binary", "shorter");
        assertEquals("shorter", here().xattr("file", "user.binary"));
        here().removeXattr("file", "user.binary");
        assertNull(here().xattr("file", "user.binary"));
        Expect.errno(Errno.ENODATA, () -> here().removeXattr("file", "user.binary"));
        assertEquals(List.of("trusted.mine", "user.empty"), here().xattrs("file"));
    }

    /** A file system may remember that a file has none. */
    @Test
    void whatWasLookedForInVainIsFoundOnceItIsSet() throws IOException {
        here().file("file", 0755);
        Path file = here().path("file");
        for (String name : List.of("security.capability", "system.posix_acl_access", "user.late")) {
            assertEquals("ENODATA", Probe.ask("get-xattr", file, name, 0));
            assertEquals("ENODATA", Probe.ask("get-xattr", file, name, 0));
        }
        assertEquals(List.of(), here().xattrs("file"));
        here().setXattr("file", "user.late", "x");
        assertEquals("x", here().xattr("file", "user.late"));
        here().setXattr("file", "security.capability", CAPABILITY, 0);
        assertEquals(CAPABILITY.length + "", Probe.ask("get-xattr", file, "security.capability", 0));
        assertTrue(here().xattrs("file").containsAll(List.of("security.capability", "user.late")));
        here().removeXattr("file", "security.capability");
        assertEquals("ENODATA", Probe.ask("get-xattr", file, "security.capability", 0));
        here().removeXattr("file", "user.late");
        assertEquals(List.of(), here().xattrs("file"));
    }

    @Test
    void createAndReplaceSayWhatMustBeThere() throws IOException {
        here().file("file", 0644);
        byte[] value = {1};
        Expect.errno(Errno.ENODATA, () -> here().setXattr("file", "user.a", value, Xattrs.REPLACE));
        here().setXattr("file", "user.a", value, Xattrs.CREATE);
        Expect.errno(Errno.EEXIST, () -> here().setXattr("file", "user.a", value, Xattrs.CREATE));
        here().setXattr("file", "user.a", new byte[] {2}, Xattrs.REPLACE);
        assertEquals("\2", here().xattr("file", "user.a"));
    }

    @Test
    void sizesCanBeAskedForAndASmallBufferIsRefused() throws IOException {
        here().file("file", 0644);
        here().setXattr("file", "user.ten", "0123456789");
        Path file = here().path("file");
        assertEquals("10", Probe.ask("get-xattr", file, "user.ten", 0));
        assertEquals("10", Probe.ask("get-xattr", file, "user.ten", 10));
        assertEquals("ERANGE", Probe.ask("get-xattr", file, "user.ten", 9));
        assertEquals("ENODATA", Probe.ask("get-xattr", file, "user.none", 0));
        assertEquals("9", Probe.ask("list-xattrs", file, 0));
        assertEquals("9", Probe.ask("list-xattrs", file, 9));
        assertEquals("ERANGE", Probe.ask("list-xattrs", file, 8));
    }

    @Test
    void aLargeValueOfTwoKibibytesIsKept() throws IOException {
        here().file("file", 0644);
        String large = "0123456789abcdef".repeat(128);
        here().setXattr("file", "user.large", large);
        assertEquals(large, here().xattr("file", "user.large"));
    }

    @Test
    void directoriesHaveThemAndSymlinksTakeTrustedOnesOnly() throws IOException {
        here().mkdir("dir");
        here().setXattr("dir", "user.a", "on a directory");
        assertEquals("on a directory", here().xattr("dir", "user.a"));
        here().symlink("dir", "link");
        here().setXattr("link", "trusted.a", "on a symlink");
        assertEquals("on a symlink", here().xattr("link", "trusted.a"));
        assertNull(here().xattr("dir", "trusted.a"));
        Expect.errno(Errno.EPERM, () -> here().setXattr("link", "user.a", "x"));
        here().mknod("fifo", Stat.S_IFIFO | 0600, 0, 0);
        Expect.errno(Errno.EPERM, () -> here().setXattr("fifo", "user.a", "x"));
    }

    @Test
    void theyAreTheFilesNotTheNames() throws IOException {
        here().file("file", 0644);
        here().setXattr("file", "user.a", "value");
        here().link("file", "second");
        here().rename("file", "third");
        assertEquals("value", here().xattr("second", "user.a"));
        try (Fd open = here().open("third", O.RDONLY)) {
            here().unlink("second");
            here().unlink("third");
            assertArrayEquals("value".getBytes(StandardCharsets.US_ASCII), readOpen(open));
        }
    }

    private static byte[] readOpen(Fd file) throws IOException {
        byte[] value = Xattrs.get(file, XattrName.of("user.a"));
        return value == null ? new byte[0] : value;
    }

    @Test
    void unknownNamespacesAreRefused() throws IOException {
        here().file("file", 0644);
        Expect.errno(Errno.EOPNOTSUPP, () -> here().setXattr("file", "nonsense.a", "x"));
        Expect.errno(Errno.EOPNOTSUPP, () -> here().setXattr("file", "plain", "x"));
    }

    @Test
    void aUserNeedsWriteForUserAttributes() throws IOException {
        here().file("file", 0644);
        here().setXattr("file", "user.a", "value");
        Caller.ALICE.does(() -> {
            assertEquals("value", here().xattr("file", "user.a"));
            Expect.errno(Errno.EACCES, () -> here().setXattr("file", "user.a", "x"));
            Expect.errno(Errno.EACCES, () -> here().removeXattr("file", "user.a"));
        });
        here().chmod("file", 0600);
        Caller.ALICE.does(() -> Expect.errno(Errno.EACCES, () -> here().xattr("file", "user.a")));
    }

    @Test
    void capabilitiesAreKeptUntilTheFileChanges() throws IOException {
        here().write("file", "content");
        here().setXattr("file", "security.capability", CAPABILITY, 0);
        assertEquals(new String(CAPABILITY, StandardCharsets.ISO_8859_1), here().xattr("file", "security.capability"));
        here().chmod("file", 0666);
        assertTrue(here().xattrs("file").contains("security.capability"));
        Caller.ALICE.does(() -> {
            try (Fd file = here().open("file", O.WRONLY)) {
                Playground.writeAt(file, 0, "C");
            }
        });
        assertNull(here().xattr("file", "security.capability"));
    }

    @Test
    void capabilitiesGoWhenTheOwnerChanges() throws IOException {
        here().write("file", "content");
        here().setXattr("file", "security.capability", CAPABILITY, 0);
        here().chown("file", 5, 5);
        assertNull(here().xattr("file", "security.capability"));
    }
}
