package mille.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class FdTest {
    @TempDir
    Path path;

    private Fd directory = Fd.CWD;

    @BeforeEach
    void open() throws Exception {
        directory = Fd.open(path, O.RDONLY | O.DIRECTORY);
        Files.createDirectories(path.resolve("a/b"));
        Files.writeString(path.resolve("a/b/file"), "text");
    }

    @AfterEach
    void close() {
        directory.close();
    }

    static void assertErrno(Errno expected, Executable call) {
        assertEquals(expected, assertThrows(ErrnoException.class, call).errno());
    }

    /** A path that {@link RelativePath#parse} would refuse: only the kernel is left to stop it. */
    private static Name unchecked(String text) throws Exception {
        var constructor = RelativePath.class.getDeclaredConstructor(byte[].class);
        constructor.setAccessible(true);
        return constructor.newInstance((Object) text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aPathBeneathOpens() throws Exception {
        try (Fd file = directory.openBeneath(RelativePath.parse("a/b/file"), O.RDONLY)) {
            NativeBuffer buffer = NativeBuffer.allocate(16);
            assertEquals(4, FileData.readAt(file, buffer, 16, 0));
            assertArrayEquals("text".getBytes(StandardCharsets.UTF_8), buffer.getBytes(0, 4));
        }
        try (Fd self = directory.openBeneath(RelativePath.EMPTY, O.PATH)) {
            assertTrue(Stat.of(self).isSameFileAs(Stat.of(directory)));
        }
    }

    @Test
    void beneathRefusesASymlinkWhereverItStands() throws Exception {
        Files.createSymbolicLink(path.resolve("toB"), Path.of("a/b"));
        Files.createSymbolicLink(path.resolve("a/b/last"), Path.of("file"));
        Files.createSymbolicLink(path.resolve("out"), Path.of("/etc"));
        assertErrno(Errno.ELOOP, () -> directory.openBeneath(RelativePath.parse("toB/file"), O.RDONLY));
        assertErrno(Errno.ELOOP, () -> directory.openBeneath(RelativePath.parse("a/b/last"), O.RDONLY));
        assertErrno(Errno.ELOOP, () -> directory.openBeneath(RelativePath.parse("out/passwd"), O.RDONLY));
        assertErrno(Errno.ELOOP, () -> directory.openBeneath(RelativePath.parse("toB/new"), O.CREAT | O.WRONLY, 0600));
        assertFalse(Files.exists(path.resolve("a/b/new")));
        Files.delete(path.resolve("out"));
    }

    @Test
    void beneathOpensASymlinkItselfWhenAskedTo() throws Exception {
        Files.createSymbolicLink(path.resolve("link"), Path.of("elsewhere"));
        try (Fd link = directory.openBeneath(FileName.of("link"), O.PATH | O.NOFOLLOW)) {
            assertTrue(Stat.of(link).isSymlink());
            assertArrayEquals("elsewhere".getBytes(StandardCharsets.UTF_8), Names.readLink(link));
        }
    }

    @Test
    void beneathRefusesEachWayOut() throws Exception {
        Name parent = unchecked("..");
        Name downAndUp = unchecked("a/../../" + path.getFileName());
        Name absolute = unchecked("/etc/passwd");
        assertErrno(Errno.EXDEV, () -> directory.openBeneath(parent, O.PATH));
        assertErrno(Errno.EXDEV, () -> directory.openBeneath(downAndUp, O.PATH));
        assertErrno(Errno.EXDEV, () -> directory.openBeneath(absolute, O.PATH));
        // The same names lead outside where nobody looks, so it is the flags that hold them.
        directory.openAt(parent, O.PATH).close();
        directory.openAt(absolute, O.PATH).close();
    }

    @Test
    void inRootEndsLinksAndDotsAtTheRoot() throws Exception {
        Files.createSymbolicLink(path.resolve("absolute"), Path.of("/a/b/file"));
        Files.createSymbolicLink(path.resolve("up"), Path.of("../../../a/b/file"));
        for (String link : new String[] {"absolute", "up"}) {
            try (Fd file = directory.openInRoot(FileName.of(link), O.RDONLY)) {
                assertTrue(Stat.of(file).isSameFileAs(Stat.at(directory, RelativePath.parse("a/b/file"))));
            }
        }
    }

    @Test
    void aMissingNameIsEnoentAndHasItsNameInTheMessage() {
        ErrnoException error = assertThrows(
                ErrnoException.class, () -> directory.openBeneath(RelativePath.parse("a/nothing"), O.RDONLY));
        assertEquals(Errno.ENOENT, error.errno());
        assertEquals("openat2 a/nothing: ENOENT (No such file or directory)", error.getMessage());
    }

    @Test
    void closingTwiceClosesNobodyElsesDescriptor() throws Exception {
        Fd first = directory.openAt(FileName.of("a"), O.PATH);
        first.close();
        assertTrue(first.isClosed());
        try (Fd second = directory.openAt(FileName.of("a"), O.PATH)) {
            first.close();
            assertTrue(Stat.of(second).isDirectory());
        }
    }

    @Test
    void aClosedDescriptorReachesNothing() throws Exception {
        Fd closed = directory.openAt(FileName.of("a"), O.RDONLY);
        closed.close();
        try (Fd reuser = directory.openAt(FileName.of("a"), O.RDONLY)) {
            assertErrno(Errno.EBADF, () -> closed.openAt(FileName.of("b"), O.PATH));
            assertErrno(Errno.EBADF, () -> closed.openBeneath(FileName.of("b"), O.PATH));
            assertErrno(Errno.EBADF, () -> Stat.of(closed));
            assertErrno(Errno.EBADF, () -> FileAttributes.setMode(closed, 0700));
            assertErrno(Errno.EBADF, closed::duplicate);
            assertErrno(Errno.ENOENT, () -> Xattrs.list(closed));
            assertFalse(reuser.isClosed());
        }
    }

    @Test
    void theWorkingDirectoryCantBeClosed() throws Exception {
        Fd.CWD.close();
        assertTrue(Stat.of(Fd.CWD).isDirectory());
        assertEquals(Path.of("").toRealPath(), Fd.CWD.procPath().toRealPath());
    }

    @Test
    void aReopenedPathDescriptorCanBeReadEvenWhenTheFileIsUnlinked() throws Exception {
        try (Fd pathOnly = directory.openBeneath(RelativePath.parse("a/b/file"), O.PATH)) {
            assertErrno(Errno.EBADF, () -> FileData.readAt(pathOnly, NativeBuffer.allocate(4), 4, 0));
            Files.delete(path.resolve("a/b/file"));
            try (Fd readable = pathOnly.reopen(O.RDONLY)) {
                assertEquals(4, FileData.readAt(readable, NativeBuffer.allocate(4), 4, 0));
            }
        }
    }

    @Test
    void aDuplicateSharesThePosition() throws Exception {
        try (Fd file = directory.openBeneath(RelativePath.parse("a/b/file"), O.RDONLY);
                Fd duplicate = file.duplicate()) {
            FileData.seek(file, 3, FileData.SEEK_SET);
            assertEquals(3, FileData.seek(duplicate, 0, FileData.SEEK_CUR));
        }
    }

    @Test
    void childrenInheritNothing() throws Exception {
        try (Fd duplicate = directory.duplicate();
                Fd opened = directory.openAt(FileName.of("a"), O.PATH)) {
            for (Fd fd : new Fd[] {directory, duplicate, opened}) {
                String info = Files.readString(Path.of("/proc/self/fdinfo/" + fd.number()));
                long flags = Long.parseLong(
                        info.lines()
                                .filter(line -> line.startsWith("flags:"))
                                .findFirst()
                                .orElseThrow()
                                .substring(6)
                                .strip(),
                        8);
                assertTrue((flags & O.CLOEXEC) != 0, info);
            }
        }
    }
}
