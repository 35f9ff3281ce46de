package mille.linux;

import static mille.linux.FdTest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamesTest {
    private static final FileName ONE = FileName.of("one");
    private static final FileName TWO = FileName.of("two");

    private static final byte[] TOO_LONG = "x".repeat(4096).getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path path;

    private Fd directory = Fd.CWD;

    @BeforeEach
    void open() throws Exception {
        directory = Fd.open(path, O.RDONLY | O.DIRECTORY);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private void write(FileName name, String text) throws Exception {
        Files.writeString(path.resolve(name.toString()), text);
    }

    private String read(FileName name) throws Exception {
        return Files.readString(path.resolve(name.toString()));
    }

    @Test
    void anyBytesButSlashAndNulAreAName() throws Exception {
        FileName name = FileName.of(new byte[] {(byte) 0xff, (byte) 0xfe, '\n', 0x01, (byte) 0x80, ' '});
        directory.openAt(name, O.CREAT | O.EXCL | O.WRONLY, 0600).close();
        Set<FileName> listed = new HashSet<>();
        DirectoryReader.forEach(directory, (found, _, _) -> listed.add(found));
        assertEquals(Set.of(name), listed);
        assertTrue(Stat.at(directory, name).isRegular());
        Names.rename(directory, name, directory, ONE, 0);
        assertNull(Stat.atOrNull(directory, name));
    }

    @Test
    void aRenameReplacesUnlessItIsToldNotTo() throws Exception {
        write(ONE, "1");
        write(TWO, "2");
        assertErrno(Errno.EEXIST, () -> Names.rename(directory, ONE, directory, TWO, Names.RENAME_NOREPLACE));
        assertEquals("2", read(TWO));
        Names.rename(directory, ONE, directory, TWO, 0);
        assertEquals("1", read(TWO));
        assertNull(Stat.atOrNull(directory, ONE));
    }

    @Test
    void anExchangeSwaps() throws Exception {
        write(ONE, "1");
        write(TWO, "2");
        Names.rename(directory, ONE, directory, TWO, Names.RENAME_EXCHANGE);
        assertEquals("2", read(ONE));
        assertEquals("1", read(TWO));
    }

    @Test
    void aWhiteoutRenameLeavesAZeroDevice() throws Exception {
        write(ONE, "1");
        Names.rename(directory, ONE, directory, TWO, Names.RENAME_WHITEOUT);
        Stat left = Stat.at(directory, ONE);
        assertTrue(left.isCharacterDevice());
        assertEquals(0, left.rdevice());
        assertEquals("1", read(TWO));
    }

    @Test
    void devicesKeepTheirNumbers() throws Exception {
        long device = Stat.makeDevice(0xabc, 0xfedcb);
        Names.makeNode(directory, ONE, Stat.S_IFBLK | 0600, device);
        Stat made = Stat.at(directory, ONE);
        assertTrue(made.isBlockDevice());
        assertEquals(device, made.rdevice());
        assertEquals(0xabc, Stat.major(made.rdevice()));
        assertEquals(0xfedcb, Stat.minor(made.rdevice()));
        assertErrno(
                Errno.EINVAL, () -> Names.makeNode(directory, TWO, Stat.S_IFBLK | 0600, Stat.makeDevice(0x1000, 0)));
        assertErrno(
                Errno.EINVAL, () -> Names.makeNode(directory, TWO, Stat.S_IFBLK | 0600, Stat.makeDevice(1, 0x1000000)));
    }

    @Test
    void aSymlinkKeepsEachByteOfItsTarget() throws Exception {
        byte[] target = {'/', (byte) 0xff, '.', '.', '\n'};
        Names.makeSymlink(target, directory, ONE);
        assertArrayEquals(target, Names.readLink(directory, ONE));
        byte[] longest = "x".repeat(4095).getBytes(StandardCharsets.US_ASCII);
        Names.makeSymlink(longest, directory, TWO);
        assertArrayEquals(longest, Names.readLink(directory, TWO));
    }

    @Test
    void aTargetThatTheKernelWouldCutIsRefused() throws Exception {
        assertErrno(Errno.EINVAL, () -> Names.makeSymlink(new byte[] {'a', 0, 'b'}, directory, ONE));
        assertErrno(Errno.ENOENT, () -> Names.makeSymlink(new byte[0], directory, ONE));
        assertErrno(Errno.ENAMETOOLONG, () -> Names.makeSymlink(TOO_LONG, directory, ONE));
        assertNull(Stat.atOrNull(directory, ONE));
        write(TWO, "no link");
        assertErrno(Errno.EINVAL, () -> Names.readLink(directory, TWO));
    }

    @Test
    void aLinkOfASymlinkIsOfItselfAndNotOfItsTarget() throws Exception {
        Names.makeSymlink("elsewhere".getBytes(StandardCharsets.US_ASCII), directory, ONE);
        Names.link(directory, ONE, directory, TWO);
        assertTrue(Stat.at(directory, TWO).isSymlink());
        assertEquals(2, Stat.at(directory, ONE).linkCount());
    }

    @Test
    void anUnnamedFileGetsItsName() throws Exception {
        try (Fd file = directory.openAt(RelativePath.EMPTY, O.TMPFILE | O.RDWR, 0640)) {
            assertEquals(0, Stat.of(file).linkCount());
            Names.linkOpenFile(file, directory, ONE);
            assertEquals(1, Stat.of(file).linkCount());
            assertTrue(Stat.of(file).isSameFileAs(Stat.at(directory, ONE)));
            assertErrno(Errno.EEXIST, () -> Names.linkOpenFile(file, directory, ONE));
        }
        try (Fd known = directory.openAt(ONE, O.PATH)) {
            Names.linkOpenFile(known, directory, TWO);
            assertEquals(2, Stat.of(known).linkCount());
        }
    }

    @Test
    void removingTellsFilesFromDirectories() throws Exception {
        Names.makeDirectory(directory, ONE, 0750);
        write(TWO, "2");
        assertEquals(0750, Stat.at(directory, ONE).permissions());
        assertErrno(Errno.EISDIR, () -> Names.unlink(directory, ONE));
        assertErrno(Errno.ENOTDIR, () -> Names.removeDirectory(directory, TWO));
        Names.removeDirectory(directory, ONE);
        Names.unlink(directory, TWO);
        assertErrno(Errno.ENOENT, () -> Names.unlink(directory, TWO));
    }

    @Test
    void aDirectoryOfFiveThousandIsListedWhole() throws Exception {
        Set<FileName> made = new HashSet<>();
        for (int number = 0; number < 5000; number++) {
            FileName name = FileName.of("entry-" + "x".repeat(number % 200) + number);
            made.add(name);
            if (number % 2 == 0) {
                Names.makeSymlink(new byte[] {'t'}, directory, name);
            } else {
                Names.makeNode(directory, name, Stat.S_IFREG | 0644, 0);
            }
        }
        Set<FileName> listed = new HashSet<>();
        DirectoryReader.forEach(directory, (name, inode, type) -> {
            assertTrue(listed.add(name), () -> name + " came twice");
            Stat stat = Stat.at(directory, name); // a call of the consumer's own doesn't disturb the listing
            assertEquals(stat.inode(), inode);
            assertEquals(stat.isSymlink() ? DirectoryReader.DT_LNK : DirectoryReader.DT_REG, type);
        });
        assertEquals(made, listed);
        DirectoryReader.forEach(directory, (name, _, _) -> assertFalse(true, () -> "at the end came " + name));
        FileData.seek(directory, 0, FileData.SEEK_SET);
        listed.clear();
        DirectoryReader.forEach(directory, (name, _, _) -> listed.add(name));
        assertEquals(5000, listed.size());
    }

    @Test
    void listingARemovedDirectoryIsEnoent() throws Exception {
        Names.makeDirectory(directory, ONE, 0755);
        try (Fd removed = directory.openAt(ONE, O.RDONLY | O.DIRECTORY)) {
            Names.removeDirectory(directory, ONE);
            assertErrno(Errno.ENOENT, () -> DirectoryReader.forEach(removed, (_, _, _) -> {}));
        }
    }

    @Test
    void aPathLongerThanTheKernelTakesIsRefusedBeforeIt() {
        RelativePath path = RelativePath.EMPTY;
        while (path.bytes().length < 4096) {
            path = path.resolve(FileName.of("x".repeat(255)));
        }
        RelativePath tooLong = path;
        assertErrno(Errno.ENAMETOOLONG, () -> Stat.at(directory, tooLong));
    }

    @Test
    void aHandleFindsAFileWhateverItIsCalledNow() throws Exception {
        write(ONE, "1");
        FileHandle handle = FileHandle.of(directory, ONE);
        assertNotNull(handle);
        Names.rename(directory, ONE, directory, TWO, 0);
        assertEquals(handle, FileHandle.of(directory, TWO));
        FileHandle stored = FileHandle.of(handle.type(), handle.bytes());
        try (Fd found = stored.open(directory, O.RDONLY)) {
            assertNotNull(found);
            assertTrue(Stat.of(found).isSameFileAs(Stat.at(directory, TWO)));
            assertEquals(handle, FileHandle.of(found));
        }
        Names.unlink(directory, TWO);
        assertNull(stored.open(directory, O.RDONLY));
    }

    @Test
    void aFileSystemWithoutHandlesHasNone() throws Exception {
        try (Fd proc = Fd.open(Path.of("/proc"), O.RDONLY)) {
            assertNull(FileHandle.of(proc, FileName.of("version")));
        }
    }
}
