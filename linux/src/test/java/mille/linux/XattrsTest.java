package mille.linux;

import static mille.linux.FdTest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** On the way that a kernel from 6.13 on has, and on the one that it had before. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class XattrsTest {
    private static final FileName FILE = FileName.of("file");
    private static final FileName LINK = FileName.of("link");
    private static final XattrName USER = XattrName.of("user.test");
    private static final XattrName TRUSTED = XattrName.of("trusted.test");

    @Parameter
    boolean takesDescriptors;

    @TempDir
    Path path;

    private Fd directory = Fd.CWD;

    @BeforeEach
    void open() throws Exception {
        Xattrs.setTakesDescriptors(takesDescriptors);
        directory = Fd.open(path, O.RDONLY | O.DIRECTORY);
        Files.writeString(path.resolve("file"), "text");
        Names.makeSymlink("file".getBytes(StandardCharsets.US_ASCII), directory, LINK);
    }

    @AfterEach
    void close() {
        Xattrs.setTakesDescriptors(true);
        directory.close();
    }

    @Test
    void aValueIsAnyBytes() throws Exception {
        byte[] value = new byte[256];
        for (int at = 0; at < 256; at++) {
            value[at] = (byte) at;
        }
        Xattrs.set(directory, FILE, USER, value, 0);
        assertArrayEquals(value, Xattrs.get(directory, FILE, USER));
        Xattrs.set(directory, FILE, USER, new byte[0], 0);
        assertArrayEquals(new byte[0], Xattrs.get(directory, FILE, USER));
    }

    @Test
    void aNameIsAnyBytesToo() throws Exception {
        XattrName name = XattrName.of(new byte[] {'u', 's', 'e', 'r', '.', (byte) 0xff, '\n', '='});
        Xattrs.set(directory, FILE, name, new byte[] {1}, 0);
        assertEquals(List.of(name), Xattrs.list(directory, FILE));
        assertThrows(IllegalArgumentException.class, () -> XattrName.of(new byte[] {'a', 0}));
        assertThrows(IllegalArgumentException.class, () -> XattrName.of(""));
        assertThrows(IllegalArgumentException.class, () -> XattrName.of("user." + "x".repeat(251)));
    }

    @Test
    void aSymlinkHasItsOwn() throws Exception {
        Xattrs.set(directory, LINK, TRUSTED, new byte[] {1}, 0);
        assertArrayEquals(new byte[] {1}, Xattrs.get(directory, LINK, TRUSTED));
        assertNull(Xattrs.get(directory, FILE, TRUSTED));
        try (Fd link = directory.openAt(LINK, O.PATH | O.NOFOLLOW)) {
            assertArrayEquals(new byte[] {1}, Xattrs.get(link, TRUSTED));
            Xattrs.set(link, TRUSTED, new byte[] {2}, Xattrs.REPLACE);
            assertEquals(List.of(TRUSTED), Xattrs.list(link));
            assertArrayEquals(new byte[] {2}, Xattrs.get(directory, LINK, TRUSTED));
            Xattrs.remove(link, TRUSTED);
        }
        assertEquals(List.of(), Xattrs.list(directory, LINK));
        assertErrno(Errno.EPERM, () -> Xattrs.set(directory, LINK, USER, new byte[] {1}, 0));
    }

    @Test
    void descriptorsOfAllKindsDo() throws Exception {
        for (int flags : new int[] {O.PATH, O.RDONLY, O.WRONLY}) {
            try (Fd file = directory.openAt(FILE, flags)) {
                Xattrs.set(file, USER, new byte[] {(byte) flags}, 0);
                assertArrayEquals(new byte[] {(byte) flags}, Xattrs.get(file, USER));
                Xattrs.remove(file, USER);
                assertEquals(List.of(), Xattrs.list(file));
            }
        }
        Xattrs.set(directory, RelativePath.EMPTY, USER, new byte[] {3}, 0);
        assertArrayEquals(new byte[] {3}, Xattrs.get(directory, USER));
    }

    @Test
    void createAndReplaceInsist() throws Exception {
        assertErrno(Errno.ENODATA, () -> Xattrs.set(directory, FILE, USER, new byte[] {1}, Xattrs.REPLACE));
        Xattrs.set(directory, FILE, USER, new byte[] {1}, Xattrs.CREATE);
        assertErrno(Errno.EEXIST, () -> Xattrs.set(directory, FILE, USER, new byte[] {2}, Xattrs.CREATE));
        assertArrayEquals(new byte[] {1}, Xattrs.get(directory, FILE, USER));
    }

    @Test
    void absenceIsNullAndRemovingItIsAnError() throws Exception {
        assertNull(Xattrs.get(directory, FILE, USER));
        assertErrno(Errno.ENODATA, () -> Xattrs.remove(directory, FILE, USER));
        assertErrno(Errno.ENOENT, () -> Xattrs.get(directory, FileName.of("none"), USER));
    }

    @Test
    void theLargestValueThatLinuxHasPassesWhole() throws Exception {
        Path tmpfs = Files.createDirectory(path.resolve("tmpfs"));
        Mounts.mount("none", tmpfs, "tmpfs", 0, "");
        try (Fd root = Fd.open(tmpfs, O.RDONLY | O.DIRECTORY)) {
            byte[] value = new byte[65536];
            new Random(1).nextBytes(value);
            Xattrs.set(root, TRUSTED, value, 0);
            assertArrayEquals(value, Xattrs.get(root, TRUSTED));
            assertErrno(Errno.E2BIG, () -> Xattrs.set(root, TRUSTED, new byte[65537], 0));
            assertArrayEquals(value, Xattrs.get(root, TRUSTED));
        } finally {
            Mounts.unmount(tmpfs, 0);
        }
    }

    @Test
    void aLongListComesWhole() throws Exception {
        Path tmpfs = Files.createDirectory(path.resolve("tmpfs"));
        Mounts.mount("none", tmpfs, "tmpfs", 0, "");
        try (Fd root = Fd.open(tmpfs, O.RDONLY | O.DIRECTORY)) {
            Set<XattrName> made = new HashSet<>();
            for (int number = 0; number < 200; number++) {
                XattrName name = XattrName.of("trusted." + "x".repeat(230) + number);
                Xattrs.set(root, name, new byte[] {1}, 0);
                made.add(name);
            }
            List<XattrName> listed = new ArrayList<>(Xattrs.list(root));
            assertEquals(200, listed.size());
            assertEquals(made, new HashSet<>(listed));
        } finally {
            Mounts.unmount(tmpfs, 0);
        }
    }

    @Test
    void whichOfSomeThereAreIsOneQuestion() throws Exception {
        XattrName longer = XattrName.of("user.test.more");
        assertEquals(0, Xattrs.have(directory, FILE, USER, longer));
        Xattrs.set(directory, FILE, longer, new byte[] {1}, 0);
        assertEquals(0b10, Xattrs.have(directory, FILE, USER, longer));
        Xattrs.set(directory, FILE, USER, new byte[0], 0);
        assertEquals(0b11, Xattrs.have(directory, FILE, USER, longer));
        assertEquals(0b01, Xattrs.have(directory, FILE, longer, TRUSTED));
        assertErrno(Errno.ENOENT, () -> Xattrs.have(directory, FileName.of("none"), USER));
    }

    @Test
    void aFileSystemWithoutAttributesHasNone() throws Exception {
        Path ramfs = Files.createDirectory(path.resolve("ramfs"));
        Mounts.mount("none", ramfs, "ramfs", 0, "");
        try (Fd root = Fd.open(ramfs, O.RDONLY | O.DIRECTORY)) {
            assertNull(Xattrs.get(root, USER));
            assertEquals(List.of(), Xattrs.list(root));
            assertErrno(Errno.EOPNOTSUPP, () -> Xattrs.set(root, USER, new byte[] {1}, 0));
        } finally {
            Mounts.unmount(ramfs, 0);
        }
        assertTrue(USER.startsWith("user.") && !TRUSTED.startsWith("user."));
    }
}
