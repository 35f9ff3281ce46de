package mille.linux;

import static mille.linux.FdTest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDataTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path path;

    private Fd file = Fd.CWD;

    @BeforeEach
    void open() throws Exception {
        file = Fd.open(path.resolve("file"), O.RDWR | O.CREAT, 0600);
    }

    @AfterEach
    void close() {
        file.close();
    }

    private static NativeBuffer buffer(byte... bytes) {
        NativeBuffer buffer = NativeBuffer.allocate(Math.max(bytes.length, 1));
        buffer.putBytes(0, bytes, 0, bytes.length);
        return buffer;
    }

    @Test
    void whatIsWrittenIsReadAndTheEndIsZero() throws Exception {
        assertEquals(3, FileData.write(file, buffer((byte) 9, (byte) 1, (byte) 2, (byte) 3), 1, 3));
        assertEquals(2, FileData.writeAt(file, buffer((byte) 4, (byte) 5), 2, 3));
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, Files.readAllBytes(path.resolve("file")));
        NativeBuffer into = NativeBuffer.allocate(8);
        assertEquals(5, FileData.readAt(file, into, 8, 0));
        assertEquals(0, FileData.readAt(file, into, 8, 5));
        FileData.seek(file, 4, FileData.SEEK_SET);
        assertEquals(1, FileData.read(file, into, 7, 1));
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 0, 0, 5}, into.getBytes(0, 8));
    }

    @Test
    void nothingIsReadOrWrittenOutsideOfABuffer() {
        NativeBuffer small = NativeBuffer.allocate(4);
        assertThrows(IndexOutOfBoundsException.class, () -> FileData.readAt(file, small, 5, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> FileData.write(file, small, 3, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> FileData.read(file, small, -1, 1));
    }

    @Test
    void holesAreFoundAndSkipped() throws Exception {
        FileData.writeAt(file, buffer((byte) 1), 1, 0);
        FileData.writeAt(file, buffer((byte) 1), 1, 4L * MIB);
        FileData.truncate(file, 8L * MIB);
        long hole = FileData.seek(file, 0, FileData.SEEK_HOLE);
        assertTrue(hole > 0 && hole <= MIB, "a hole begins at " + hole);
        assertEquals(4L * MIB, FileData.seek(file, hole, FileData.SEEK_DATA));
        assertErrno(Errno.ENXIO, () -> FileData.seek(file, 5L * MIB, FileData.SEEK_DATA));
        assertEquals(8L * MIB, FileData.seek(file, 0, FileData.SEEK_END));
        assertTrue(Stat.of(file).blocks512() * 512 < MIB, "the file isn't sparse");
    }

    @Test
    void allocationPunchesHolesAndKeepsTheSize() throws Exception {
        FileData.allocate(file, 0, 0, MIB);
        assertEquals(MIB, Stat.of(file).sizeBytes());
        assertTrue(Stat.of(file).blocks512() * 512 >= MIB);
        FileData.allocate(file, FileData.FALLOC_FL_PUNCH_HOLE | FileData.FALLOC_FL_KEEP_SIZE, 0, MIB);
        assertEquals(0, Stat.of(file).blocks512());
        FileData.allocate(file, FileData.FALLOC_FL_KEEP_SIZE, MIB, MIB);
        assertEquals(MIB, Stat.of(file).sizeBytes());
        assertErrno(Errno.EOPNOTSUPP, () -> FileData.allocate(file, FileData.FALLOC_FL_PUNCH_HOLE, 0, MIB));
    }

    @Test
    void aRangeIsCopiedInTheKernelAndPositionsStay() throws Exception {
        byte[] bytes = new byte[100_000];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) (at * 31);
        }
        Files.write(path.resolve("file"), bytes);
        try (Fd copy = Fd.open(path.resolve("copy"), O.RDWR | O.CREAT, 0600)) {
            long copied = 0;
            while (copied < 90_000) {
                long more = FileData.copyRange(file, 10_000 + copied, copy, copied, 90_000 - copied);
                assertTrue(more > 0);
                copied += more;
            }
            assertEquals(0, FileData.copyRange(file, 100_000, copy, 90_000, 1));
            assertEquals(0, FileData.seek(file, 0, FileData.SEEK_CUR));
            assertEquals(0, FileData.seek(copy, 0, FileData.SEEK_CUR));
        }
        assertArrayEquals(Arrays.copyOfRange(bytes, 10_000, 100_000), Files.readAllBytes(path.resolve("copy")));
    }

    @Test
    void cloningSharesExtentsWhereTheFileSystemCan() throws Exception {
        Path image = path.resolve("xfs.img");
        Path mounted = Files.createDirectory(path.resolve("mounted"));
        try (Fd sparse = Fd.open(image, O.RDWR | O.CREAT, 0600)) {
            FileData.truncate(sparse, 512L * MIB);
        }
        run("mkfs.xfs", "-q", "-m", "reflink=1", image.toString());
        run("mount", "-t", "xfs", "-o", "loop", image.toString(), mounted.toString());
        try (Fd from = Fd.open(mounted.resolve("from"), O.RDWR | O.CREAT, 0600);
                Fd to = Fd.open(mounted.resolve("to"), O.RDWR | O.CREAT, 0600)) {
            FileData.allocate(from, 0, 0, 16L * MIB);
            FileData.writeAt(from, buffer((byte) 7), 1, MIB);
            FileData.sync(from);
            long free = FileSystemStat.of(from).freeBlocks();
            assertTrue(FileData.cloneAll(from, to));
            NativeBuffer into = NativeBuffer.allocate(1);
            FileData.readAt(to, into, 1, MIB);
            assertEquals(7, into.getByte(0));
            FileData.syncFileSystem(to);
            long used = (free - FileSystemStat.of(from).freeBlocks())
                    * FileSystemStat.of(from).fragmentBytes();
            assertTrue(used < MIB, "16 MiB were cloned and " + used + " bytes are gone");
            assertFalse(FileData.cloneAll(from, file), "no extents can be shared between file systems");
        } finally {
            Mounts.unmount(mounted, 0);
        }
    }

    @Test
    void cloningSaysNoWhereTheFileSystemCant() throws Exception {
        Path tmpfs = Files.createDirectory(path.resolve("tmpfs"));
        Mounts.mount("none", tmpfs, "tmpfs", 0, "");
        try (Fd from = Fd.open(tmpfs.resolve("from"), O.RDWR | O.CREAT, 0600);
                Fd to = Fd.open(tmpfs.resolve("to"), O.RDWR | O.CREAT, 0600)) {
            FileData.truncate(from, 4096);
            assertFalse(FileData.cloneAll(from, to));
        } finally {
            Mounts.unmount(tmpfs, 0);
        }
    }

    @Test
    void aLockExcludesAnotherOpenFileAndEndsWithIt() throws Exception {
        try (Fd other = file.reopen(O.RDWR)) {
            assertTrue(FileLock.tryExclusive(file));
            assertFalse(FileLock.tryExclusive(other));
            file.close();
            assertTrue(FileLock.tryExclusive(other));
        }
    }

    @Test
    void syncsSucceedOnFilesAndDirectories() throws Exception {
        try (Fd directory = Fd.open(path, O.RDONLY | O.DIRECTORY)) {
            FileData.sync(file);
            FileData.syncData(file);
            FileData.writeOut(file);
            FileData.sync(directory);
            FileData.syncFileSystem(directory);
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), command[0]);
        assertEquals(0, process.exitValue(), String.join(" ", command));
    }
}
