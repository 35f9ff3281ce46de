package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.FileLock;
import mille.linux.O;
import mille.testkit.Expect;
import mille.testkit.Probe;
import org.junit.jupiter.api.Test;

/** Advisory locks and leases, between processes, and what one of them is told of another's changes. */
abstract class LockContract extends Chapter {
    LockContract(Path root) {
        super(root);
    }

    @Test
    void aRangeLockedByOneProcessIsRefusedToAnother() throws IOException {
        here().write("file", "0123456789");
        Path file = here().path("file");
        try (Probe _ = Probe.start("hold-range", file, 0, 5)) {
            assertEquals("EAGAIN", Probe.ask("try-range", file, 4, 1));
            assertEquals("0", Probe.ask("try-range", file, 5, 5));
        }
        assertEquals("0", Probe.ask("try-range", file, 0, 10));
    }

    @Test
    void aWholeFileLockExcludesOtherProcesses() throws IOException {
        here().write("file", "");
        Path file = here().path("file");
        try (Fd mine = here().open("file", O.RDONLY)) {
            assertTrue(FileLock.tryExclusive(mine));
            assertEquals("EAGAIN", Probe.ask("try-flock", file));
        }
        assertEquals("0", Probe.ask("try-flock", file));
        try (Probe _ = Probe.start("hold-flock", file);
                Fd mine = here().open("file", O.RDONLY)) {
            assertFalse(FileLock.tryExclusive(mine));
        }
    }

    @Test
    void whoBreaksALeaseHasToWait() throws IOException {
        here().write("file", "");
        Path file = here().path("file");
        try (Probe _ = Probe.start("hold-read-lease", file)) {
            here().open("file", O.RDONLY | O.NONBLOCK).close();
            Expect.errno(
                    Errno.EAGAIN,
                    () -> here().open("file", O.WRONLY | O.NONBLOCK).close());
        }
        here().open("file", O.WRONLY | O.NONBLOCK).close();
        try (Probe _ = Probe.start("hold-write-lease", file)) {
            Expect.errno(
                    Errno.EAGAIN,
                    () -> here().open("file", O.RDONLY | O.NONBLOCK).close());
        }
        assertEquals("", here().read("file"));
    }

    @Test
    void aWatcherOfADirectoryIsToldOfEachChange() throws IOException {
        here().mkdir("watched");
        assertEquals(
                "create:file modify:file attrib:file from:file to:moved delete:moved create:dir",
                Probe.ask("watch-directory", here().path("watched")));
    }

    @Test
    void aWatcherOfAFileIsToldOfItsChanges() throws IOException {
        here().write("file", "");
        assertEquals("modify attrib", Probe.ask("watch-file", here().path("file")));
    }

    @Test
    void aLockBelongsToTheOpenFileNotToTheName() throws IOException {
        here().write("file", "");
        here().link("file", "second");
        try (Fd one = here().open("file", O.RDONLY);
                Fd other = here().open("second", O.RDONLY)) {
            assertTrue(FileLock.tryExclusive(one));
            assertFalse(FileLock.tryExclusive(other));
            try (Fd same = one.duplicate()) {
                assertTrue(FileLock.tryExclusive(same));
            }
            assertFalse(FileLock.tryExclusive(other));
        }
    }
}
