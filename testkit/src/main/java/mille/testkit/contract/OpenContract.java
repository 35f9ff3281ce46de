package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Expect;
import mille.testkit.Playground;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@code open(2)}: what the flags mean, and what can't be opened. */
abstract class OpenContract extends Chapter {
    OpenContract(Path root) {
        super(root);
    }

    /** An attempt that fails: with which flags, at what, and how. */
    private record Refusal(String name, int flags, Errno errno) {}

    @TestFactory
    Stream<DynamicTest> refusesWhatCannotBeOpened() throws IOException {
        here().write("file", "content");
        here().mkdir("dir");
        here().symlink("file", "link");
        here().symlink("nowhere", "dangling");
        here().symlink("loop", "loop");
        return Stream.of(
                        new Refusal("absent", O.RDONLY, Errno.ENOENT),
                        new Refusal("absent/file", O.RDONLY | O.CREAT, Errno.ENOENT),
                        new Refusal("file", O.RDWR | O.CREAT | O.EXCL, Errno.EEXIST),
                        new Refusal("link", O.RDWR | O.CREAT | O.EXCL, Errno.EEXIST),
                        new Refusal("dangling", O.RDWR | O.CREAT | O.EXCL, Errno.EEXIST),
                        new Refusal("dangling", O.RDONLY, Errno.ENOENT),
                        new Refusal("link", O.RDONLY | O.NOFOLLOW, Errno.ELOOP),
                        new Refusal("loop", O.RDONLY, Errno.ELOOP),
                        new Refusal("file/below", O.RDONLY, Errno.ENOTDIR),
                        new Refusal("file", O.RDONLY | O.DIRECTORY, Errno.ENOTDIR),
                        new Refusal("dir", O.WRONLY, Errno.EISDIR),
                        new Refusal("dir", O.RDWR, Errno.EISDIR),
                        new Refusal("dir", O.RDONLY | O.CREAT, Errno.EISDIR))
                .map(row -> DynamicTest.dynamicTest(
                        row.toString(),
                        () -> Expect.errno(
                                row.errno,
                                () -> here().open(row.name, row.flags).close())));
    }

    @Test
    void createMakesAnEmptyFileOnce() throws IOException {
        here().open("new", O.WRONLY | O.CREAT | O.EXCL, 0640).close();
        Stat made = here().stat("new");
        assertEquals(Stat.S_IFREG | 0640, made.mode());
        assertEquals(0, made.sizeBytes());
        assertEquals(1, made.linkCount());
        here().write("new", "content");
        here().open("new", O.WRONLY | O.CREAT, 0600).close();
        assertEquals("content", here().read("new"));
        assertEquals(0640, here().stat("new").permissions());
    }

    @Test
    void createThroughADanglingSymlinkMakesItsTarget() throws IOException {
        here().symlink("target", "link");
        here().write("link", "text");
        assertEquals("text", here().read("target"));
        assertEquals("target", here().readlink("link"));
    }

    @Test
    void createWithoutWriteRightStillGivesAWritableDescriptor() throws IOException {
        try (Fd file = here().open("readonly", O.WRONLY | O.CREAT, 0444)) {
            Playground.writeAt(file, 0, "written");
        }
        assertEquals("written", here().read("readonly"));
        assertEquals(0444, here().stat("readonly").permissions());
    }

    @Test
    void truncateAtOpenEmptiesAndStampsTheFile() throws IOException {
        here().write("file", "long content");
        here().utimes("file", new Stat.Time(1, 0), new Stat.Time(1, 0));
        here().open("file", O.WRONLY | O.TRUNC).close();
        assertEquals(0, here().stat("file").sizeBytes());
        assertEquals("", here().read("file"));
        assertEquals(1, here().stat("file").modified().compareTo(new Stat.Time(1_000_000, 0)));
    }

    @Test
    void appendWritesAtTheEndWhereverTheOffsetPoints() throws IOException {
        here().write("file", "first");
        try (Fd one = here().open("file", O.WRONLY | O.APPEND);
                Fd other = here().open("file", O.WRONLY | O.APPEND)) {
            Playground.writeAt(one, 0, " second");
            Playground.writeAt(other, 2, " third");
            Playground.writeAt(one, 0, " fourth");
        }
        assertEquals("first second third fourth", here().read("file"));
    }

    @Test
    void aDescriptorReadsOrWritesOnlyAsItWasOpened() throws IOException {
        here().write("file", "content");
        NativeBuffer buffer = NativeBuffer.allocate(8);
        try (Fd reader = here().open("file", O.RDONLY);
                Fd writer = here().open("file", O.WRONLY);
                Fd path = here().open("file", O.PATH)) {
            Expect.errno(Errno.EBADF, () -> FileData.write(reader, buffer, 0, 8));
            Expect.errno(Errno.EBADF, () -> FileData.read(writer, buffer, 0, 8));
            Expect.errno(Errno.EBADF, () -> FileData.read(path, buffer, 0, 8));
            Expect.errno(Errno.EINVAL, () -> FileData.truncate(reader, 0));
        }
    }

    @Test
    void aDirectoryOpensForReadingButItsDataDoesNot() throws IOException {
        here().mkdir("dir");
        try (Fd directory = here().open("dir", O.RDONLY)) {
            Expect.errno(Errno.EISDIR, () -> FileData.read(directory, NativeBuffer.allocate(8), 0, 8));
        }
    }

    @Test
    void aPathDescriptorCanBeReopened() throws IOException {
        here().write("file", "content");
        try (Fd path = here().open("file", O.PATH | O.NOFOLLOW);
                Fd reader = path.reopen(O.RDONLY)) {
            assertEquals("content", Playground.readAll(reader));
            assertEquals(here().stat("file").inode(), Stat.of(path).inode());
        }
    }
}
