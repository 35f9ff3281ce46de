package mille.linux;

import static mille.linux.FdTest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAttributesTest {
    private static final FileName FILE = FileName.of("file");
    private static final FileName LINK = FileName.of("link");

    @TempDir
    Path path;

    private Fd directory = Fd.CWD;

    @BeforeEach
    void open() throws Exception {
        directory = Fd.open(path, O.RDONLY | O.DIRECTORY);
        Files.writeString(path.resolve("file"), "text");
        Names.makeSymlink("file".getBytes(StandardCharsets.US_ASCII), directory, LINK);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    @Test
    void modeHasTwelveBits() throws Exception {
        FileAttributes.setMode(directory, FILE, 07751);
        assertEquals(07751, Stat.at(directory, FILE).permissions());
        try (Fd open = directory.openAt(FILE, O.RDONLY)) {
            FileAttributes.setMode(open, 0604);
        }
        assertEquals(0604, Stat.at(directory, FILE).permissions());
        try (Fd pathOnly = directory.openAt(FILE, O.PATH)) {
            FileAttributes.setMode(pathOnly, 04711);
        }
        assertEquals(04711, Stat.at(directory, FILE).permissions());
    }

    @Test
    void aSymlinksModeStaysAndSoDoesItsTargets() throws Exception {
        int before = Stat.at(directory, FILE).permissions();
        assertErrno(Errno.EOPNOTSUPP, () -> FileAttributes.setMode(directory, LINK, 0700));
        assertEquals(before, Stat.at(directory, FILE).permissions());
    }

    @Test
    void theNumberOfFchmodat2IsTheKernels() throws Exception {
        // Newer than Debian 12's headers. Before 6.6 no call had this number.
        Scratch scratch = Scratch.get();
        long result = Syscall.call(
                scratch, Syscall.FCHMODAT2, directory.number(), scratch.path(FileName.of("none")), 0700, 0);
        assertTrue(result == -Errno.ENOENT.code() || result == -Errno.ENOSYS.code(), () -> "it said " + result);
    }

    @Test
    void ownerAndGroupChangeEachAlone() throws Exception {
        FileAttributes.setOwner(directory, FILE, 1234, 5678);
        FileAttributes.setOwner(directory, FILE, -1, 99);
        FileAttributes.setOwner(directory, LINK, -2, -1); // 4,294,967,294
        try (Fd pathOnly = directory.openAt(FILE, O.PATH)) {
            FileAttributes.setOwner(pathOnly, 4321, -1);
        }
        assertEquals(4321, Stat.at(directory, FILE).uid());
        assertEquals(99, Stat.at(directory, FILE).gid());
        assertEquals(-2, Stat.at(directory, LINK).uid());
    }

    @Test
    void timesKeepNanosecondsBeforeTheEpochToo() throws Exception {
        Stat.Time accessed = new Stat.Time(-1, 999_999_999);
        Stat.Time modified = new Stat.Time(-86_401, 1);
        FileAttributes.setTimes(directory, FILE, accessed, modified);
        assertEquals(accessed, Stat.at(directory, FILE).accessed());
        assertEquals(modified, Stat.at(directory, FILE).modified());
        Stat.Time late = new Stat.Time(4_294_967_296L, 123_456_789); // past 32 bits
        FileAttributes.setTimes(directory, FILE, null, late);
        assertEquals(accessed, Stat.at(directory, FILE).accessed());
        assertEquals(late, Stat.at(directory, FILE).modified());
        assertTrue(modified.compareTo(accessed) < 0 && accessed.compareTo(late) < 0);
    }

    @Test
    void timesOfASymlinkAreItsOwn() throws Exception {
        Stat.Time time = new Stat.Time(1, 2);
        Stat.Time targets = Stat.at(directory, FILE).modified();
        FileAttributes.setTimes(directory, LINK, time, time);
        assertEquals(time, Stat.at(directory, LINK).modified());
        assertEquals(targets, Stat.at(directory, FILE).modified());
        try (Fd pathOnly = directory.openAt(LINK, O.PATH | O.NOFOLLOW)) {
            FileAttributes.setTimes(pathOnly, null, new Stat.Time(3, 4));
        }
        assertEquals(new Stat.Time(3, 4), Stat.at(directory, LINK).modified());
    }

    @Test
    void nowIsTheKernelsClock() throws Exception {
        FileAttributes.setTimes(directory, FILE, new Stat.Time(1, 1), new Stat.Time(1, 1));
        FileAttributes.setTimes(directory, FILE, null, FileAttributes.NOW);
        Stat stat = Stat.at(directory, FILE);
        assertEquals(stat.changed(), stat.modified());
        assertEquals(1, stat.accessed().seconds());
    }

    @Test
    void whatStatSaysIsWhatTheCommandSays() throws Exception {
        FileAttributes.setOwner(directory, FILE, 12, 34);
        FileAttributes.setMode(directory, FILE, 02755);
        Process command = new ProcessBuilder(
                        "stat",
                        "-c",
                        "%i %f %h %u %g %d %s %b %o %X %Y %Z %W",
                        path.resolve("file").toString())
                .start();
        String theirs = new String(command.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        Stat ours = Stat.at(directory, FILE);
        assertEquals(
                theirs,
                "%d %x %d %d %d %d %d %d %d %d %d %d %d"
                        .formatted(
                                ours.inode(),
                                ours.mode(),
                                ours.linkCount(),
                                ours.uid(),
                                ours.gid(),
                                ours.device(),
                                ours.sizeBytes(),
                                ours.blocks512(),
                                ours.blockSizeBytes(),
                                ours.accessed().seconds(),
                                ours.modified().seconds(),
                                ours.changed().seconds(),
                                ours.born().seconds()));
    }

    @Test
    void whatTheFileSystemSaysIsWhatTheCommandSays() throws Exception {
        Process command = new ProcessBuilder("stat", "-f", "-c", "%t %s %S %b %c %l", "/proc/self/fd").start();
        String theirs = new String(command.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        try (Fd proc = Fd.open(Path.of("/proc"), O.PATH)) {
            FileSystemStat ours = FileSystemStat.of(proc);
            assertEquals(
                    theirs,
                    "%x %d %d %d %d %d"
                            .formatted(
                                    ours.magic(),
                                    ours.blockSizeBytes(),
                                    ours.fragmentBytes(),
                                    ours.blocks(),
                                    ours.files(),
                                    ours.nameMaxBytes()));
        }
        FileSystemStat disk = FileSystemStat.of(directory);
        assertTrue(disk.blocks() >= disk.freeBlocks() && disk.freeBlocks() > 0, disk.toString());
        assertTrue(disk.files() >= disk.freeFiles() && disk.freeFiles() > 0, disk.toString());
        assertEquals(255, disk.nameMaxBytes());
    }

    @Test
    void aThreadsUmaskIsItsOwn() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger made = new AtomicInteger();
        Thread owner = Thread.ofPlatform().start(() -> {
            try {
                ThreadCredentials.ownUmask();
                ThreadCredentials.setUmask(077);
                directory
                        .openAt(FileName.of("theirs"), O.CREAT | O.WRONLY, 0666)
                        .close();
                made.set(Stat.at(directory, FileName.of("theirs")).permissions());
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        owner.join();
        assertEquals(null, failure.get());
        assertEquals(0600, made.get());
        int ours = ThreadCredentials.setUmask(022);
        ThreadCredentials.setUmask(ours);
        directory.openAt(FileName.of("ours"), O.CREAT | O.WRONLY, 0666).close();
        assertEquals(0666 & ~ours, Stat.at(directory, FileName.of("ours")).permissions());
        assertTrue((ours & 077) != 077, "the other thread's umask reached this one");
    }

    @Test
    void aThreadsFileSystemUserIsItsOwn() throws Exception {
        FileAttributes.setMode(directory, RelativePath.EMPTY, 0777);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread owner = Thread.ofPlatform().start(() -> {
            try {
                ThreadCredentials.setFileSystemGroup(2000);
                assertEquals(0, ThreadCredentials.setFileSystemUser(1000));
                directory
                        .openAt(FileName.of("theirs"), O.CREAT | O.WRONLY, 0600)
                        .close();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        owner.join();
        assertEquals(null, failure.get());
        assertEquals(1000, Stat.at(directory, FileName.of("theirs")).uid());
        assertEquals(2000, Stat.at(directory, FileName.of("theirs")).gid());
        directory.openAt(FileName.of("ours"), O.CREAT | O.WRONLY, 0600).close();
        assertEquals(0, Stat.at(directory, FileName.of("ours")).uid());
    }
}
