package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Expect;
import mille.testkit.Playground;
import org.junit.jupiter.api.Test;

/** The bytes of a file: reading, writing, size, holes. */
abstract class DataContract extends Chapter {
    private static final int MIB = 1 << 20;
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;
    private static final int ZERO_RANGE = FileData.FALLOC_FL_ZERO_RANGE;

    DataContract(Path root) {
        super(root);
    }

    @Test
    void readAndWriteMoveTheOffsetThatSeekSets() throws IOException {
        NativeBuffer buffer = NativeBuffer.allocate(16);
        buffer.putBytes(0, new byte[] {'a', 'b', 'c', 'd'}, 0, 4);
        try (Fd file = here().open("file", O.RDWR | O.CREAT)) {
            assertEquals(4, FileData.write(file, buffer, 0, 4));
            assertEquals(2, FileData.write(file, buffer, 0, 2));
            assertEquals(6, FileData.seek(file, 0, 1));
            assertEquals(1, FileData.seek(file, 1, 0));
            assertEquals(5, FileData.read(file, buffer, 0, 16));
            assertEquals("bcdab", new String(buffer.getBytes(0, 5), StandardCharsets.US_ASCII));
            assertEquals(0, FileData.read(file, buffer, 0, 16));
            assertEquals(4, FileData.seek(file, -2, 2));
            Expect.errno(Errno.EINVAL, () -> FileData.seek(file, -1, 0));
        }
    }

    @Test
    void writesAtOffsetsOverlapAndReadBack() throws IOException {
        try (Fd file = here().open("file", O.RDWR | O.CREAT)) {
            Playground.writeAt(file, 0, "aaaaaaaaaa");
            Playground.writeAt(file, 3, "bbb");
            Playground.writeAt(file, 8, "cccc");
            assertEquals("aaabbbaacccc", Playground.readAll(file));
            assertEquals("baac", Playground.readAt(file, 5, 4));
            assertEquals("", Playground.readAt(file, 12, 4));
            assertEquals("", Playground.readAt(file, 1000, 4));
            assertEquals(12, Stat.of(file).sizeBytes());
        }
    }

    @Test
    void largeContentSurvivesByteForByte() throws IOException {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < 3 * MIB + 17; i++) {
            pattern.append((char) ((i * 31 + (i >> 8)) & 0xff));
        }
        String content = pattern.toString();
        here().write("large", content);
        assertEquals(content.length(), here().stat("large").sizeBytes());
        assertTrue(content.equals(here().read("large")), "the content differs");
    }

    @Test
    void anotherDescriptorSeesAWriteAtOnce() throws IOException {
        here().write("file", "before");
        try (Fd reader = here().open("file", O.RDONLY);
                Fd writer = here().open("file", O.WRONLY)) {
            assertEquals("before", Playground.readAll(reader));
            Playground.writeAt(writer, 0, "behind and longer");
            assertEquals("behind and longer", Playground.readAll(reader));
            assertEquals(17, here().stat("file").sizeBytes());
        }
    }

    @Test
    void whatIsNotWrittenReadsAsZerosAndTakesNoSpace() throws IOException {
        try (Fd file = here().open("sparse", O.RDWR | O.CREAT)) {
            Playground.writeAt(file, 8L * MIB, "end");
            assertEquals(8L * MIB + 3, Stat.of(file).sizeBytes());
            assertTrue(Stat.of(file).blocks512() * 512 < MIB, "a hole takes space");
            assertEquals("\0\0\0\0", Playground.readAt(file, 4L * MIB, 4));
            assertEquals("\0\0end", Playground.readAt(file, 8L * MIB - 2, 9));
        }
    }

    @Test
    void truncateCutsAndExtendsWithZeros() throws IOException {
        here().write("file", "0123456789");
        try (Fd file = here().open("file", O.RDWR)) {
            FileData.truncate(file, 4);
            assertEquals("0123", Playground.readAll(file));
            FileData.truncate(file, 8);
            assertEquals("0123\0\0\0\0", Playground.readAll(file));
            assertEquals(8, here().stat("file").sizeBytes());
            Expect.errno(Errno.EINVAL, () -> FileData.truncate(file, -1));
        }
    }

    @Test
    void allocateExtendsTheFileUnlessToldToKeepItsSize() throws IOException {
        try (Fd file = here().open("file", O.RDWR | O.CREAT)) {
            FileData.allocate(file, 0, 0, MIB);
            assertEquals(MIB, Stat.of(file).sizeBytes());
            assertTrue(Stat.of(file).blocks512() * 512 >= MIB);
            FileData.allocate(file, KEEP_SIZE, MIB, MIB);
            assertEquals(MIB, Stat.of(file).sizeBytes());
            assertEquals("\0\0", Playground.readAt(file, MIB - 2, 10));
            Expect.errno(Errno.EINVAL, () -> FileData.allocate(file, 0, 0, 0));
            Expect.errno(Errno.EOPNOTSUPP, () -> FileData.allocate(file, PUNCH_HOLE, 0, 4096));
        }
    }

    @Test
    void aPunchedHoleReadsAsZerosAndFreesSpace() throws IOException {
        try (Fd file = here().open("file", O.RDWR | O.CREAT)) {
            Playground.writeAt(file, 0, "x".repeat(MIB));
            long before = Stat.of(file).blocks512();
            FileData.allocate(file, PUNCH_HOLE | KEEP_SIZE, 65536, 65536);
            assertEquals(MIB, Stat.of(file).sizeBytes());
            assertEquals("x\0", Playground.readAt(file, 65535, 2));
            assertEquals("\0x", Playground.readAt(file, 131071, 2));
            assertTrue(Stat.of(file).blocks512() < before, "no space was freed");
        }
    }

    @Test
    void aZeroedRangeReadsAsZerosAndMayGrowTheFile() throws IOException {
        try (Fd file = here().open("file", O.RDWR | O.CREAT)) {
            Playground.writeAt(file, 0, "x".repeat(MIB));
            FileData.allocate(file, ZERO_RANGE | KEEP_SIZE, MIB - 65536, 131072);
            assertEquals(MIB, Stat.of(file).sizeBytes());
            assertEquals("x\0", Playground.readAt(file, MIB - 65537, 2));
            FileData.allocate(file, ZERO_RANGE, MIB, 4096);
            assertEquals(MIB + 4096, Stat.of(file).sizeBytes());
            assertEquals("\0", Playground.readAt(file, MIB + 4095, 2));
        }
    }

    /** Through FUSE the kernel doesn't pass these on. */
    @Test
    void rangesAreTakenOutAndPutInWholeOrNotAtAll() throws IOException {
        try (Fd file = here().open("file", O.RDWR | O.CREAT)) {
            Playground.writeAt(file, 0, "a".repeat(65536) + "b".repeat(65536) + "c".repeat(65536));
            int size = 3 * 65536;
            if (isDone(() -> FileData.allocate(file, FileData.FALLOC_FL_COLLAPSE_RANGE, 65536, 65536))) {
                size -= 65536;
                assertEquals("ac", Playground.readAt(file, 65535, 2));
            } else {
                assertEquals("ab", Playground.readAt(file, 65535, 2));
            }
            if (isDone(() -> FileData.allocate(file, FileData.FALLOC_FL_INSERT_RANGE, 65536, 65536))) {
                size += 65536;
                assertEquals("a\0", Playground.readAt(file, 65535, 2));
            }
            assertEquals(size, Stat.of(file).sizeBytes());
        }
    }

    private interface Step {
        void run() throws ErrnoException;
    }

    private static boolean isDone(Step step) throws ErrnoException {
        try {
            step.run();
            return true;
        } catch (ErrnoException e) {
            assertEquals(Errno.EOPNOTSUPP, e.errno());
            return false;
        }
    }

    @Test
    void seekFindsDataAndHoles() throws IOException {
        try (Fd file = here().open("sparse", O.RDWR | O.CREAT)) {
            Playground.writeAt(file, MIB, "x".repeat(65536));
            FileData.truncate(file, 4L * MIB);
            assertEquals(MIB, FileData.seek(file, 0, FileData.SEEK_DATA));
            assertEquals(0, FileData.seek(file, 0, FileData.SEEK_HOLE));
            assertEquals(MIB + 65536, FileData.seek(file, MIB, FileData.SEEK_HOLE));
            Expect.errno(Errno.ENXIO, () -> FileData.seek(file, 2L * MIB, FileData.SEEK_DATA));
            Expect.errno(Errno.ENXIO, () -> FileData.seek(file, 4L * MIB, FileData.SEEK_HOLE));
        }
    }

    @Test
    void syncSucceedsOnFilesAndDirectories() throws IOException {
        here().write("file", "content");
        try (Fd file = here().open("file", O.RDWR);
                Fd directory = here().open(".", O.RDONLY | O.DIRECTORY)) {
            FileData.sync(file);
            FileData.syncData(file);
            FileData.sync(directory);
            FileData.syncFileSystem(directory);
        }
        assertEquals("content", here().read("file"));
    }

    @Test
    void copyRangeCopiesPartOfAFile() throws IOException {
        here().write("from", "0123456789");
        here().write("to", "abcdefghij");
        try (Fd from = here().open("from", O.RDONLY);
                Fd to = here().open("to", O.RDWR)) {
            assertEquals(4, FileData.copyRange(from, 2, to, 5, 4));
            assertEquals("abcde2345j", Playground.readAll(to));
            assertEquals(0, FileData.copyRange(from, 10, to, 0, 4));
            assertEquals(3, FileData.copyRange(from, 7, to, 20, 100));
            assertEquals(23, Stat.of(to).sizeBytes());
        }
    }

    @Test
    void anUnlinkedFileStaysUsableWhileItIsOpen() throws IOException {
        here().write("file", "content");
        try (Fd file = here().open("file", O.RDWR)) {
            here().unlink("file");
            Expect.errno(Errno.ENOENT, () -> here().stat("file"));
            assertEquals(0, Stat.of(file).linkCount());
            Playground.writeAt(file, 7, " and more");
            assertEquals("content and more", Playground.readAll(file));
            FileData.truncate(file, 3);
            assertEquals(3, Stat.of(file).sizeBytes());
            here().write("file", "another");
            assertEquals("con", Playground.readAll(file));
        }
        assertEquals("another", here().read("file"));
    }

    @Test
    void aFileCreatedAndUnlinkedTakesWritesFromSeveralDescriptors() throws IOException {
        try (Fd one = here().open("file", O.RDWR | O.CREAT | O.EXCL);
                Fd other = here().open("file", O.RDWR)) {
            here().unlink("file");
            Playground.writeAt(one, 0, "one");
            Playground.writeAt(other, 3, "two");
            assertEquals("onetwo", Playground.readAll(one));
            assertEquals("onetwo", Playground.readAll(other));
        }
    }
}
