package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.FileLock;
import mille.linux.O;
import mille.testkit.Expect;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayDriver.Weakness;
import mille.testkit.Probe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A lower file and its copy are one file for who has it open, locks it, watches it, maps it or runs it. */
abstract class OneFileContract extends UnionChapter {
    private final OverlayDriver driver;

    OneFileContract(OverlayDriver driver) {
        super(driver);
        this.driver = driver;
    }

    /** Expects it of all that don't admit a weakness, and of those that do that they have it. */
    private void unless(Weakness weakness, Executable check) throws Throwable {
        if (driver.weaknesses().contains(weakness)) {
            assertThrows(AssertionError.class, check, weakness.name());
        } else {
            check.execute();
        }
    }

    @Test
    void aLockHoldsWhileTheFileIsCopiedUp() throws Throwable {
        bottom().write("file", "text");
        mount();
        try (Fd reader = merged().open("file", O.RDONLY)) {
            assertTrue(FileLock.tryExclusive(reader));
            merged().append("file", " more");
            unless(
                    Weakness.LOCKS_OF_LOWER_FILES,
                    () -> assertEquals("EAGAIN", Probe.ask("try-flock", merged().path("file"))));
        }
        assertEquals("0", Probe.ask("try-flock", merged().path("file")));
    }

    @Test
    void aLeaseHoldsOnALowerFile() throws IOException {
        bottom().write("file", "text");
        mount();
        try (Probe _ = Probe.start("hold-read-lease", merged().path("file"))) {
            Expect.errno(
                    Errno.EAGAIN,
                    () -> merged().open("file", O.WRONLY | O.NONBLOCK).close());
        }
        merged().append("file", " more");
    }

    @Test
    void aWatcherIsToldOfTheChangeThatCopiesUp() throws IOException {
        bottom().write("file", "text");
        mount();
        assertEquals("modify attrib", Probe.ask("watch-file", merged().path("file")));
        assertEquals("textx", merged().read("file"));
    }

    @Test
    void aMapOfALowerFileShowsWhatIsWritten() throws Throwable {
        bottom().write("file", "old content");
        mount();
        unless(
                Weakness.MAPS_OF_LOWER_FILES,
                () -> assertEquals("new", Probe.ask("map-sees-others", merged().path("file"), "new")));
        assertEquals("new content", merged().read("file"));
    }

    @Test
    void aRunningProgramOfALowerLayerCannotBeWritten() throws IOException {
        Files.copy(Probe.program(), bottom().path("program"));
        bottom().chmod("program", 0755);
        mount();
        Process running = new ProcessBuilder(merged().path("program").toString(), "hold").start();
        try {
            assertEquals('r', running.getInputStream().read());
            // The kernel's document says that this isn't so; it has been for some time.
            Expect.errno(Errno.ETXTBSY, () -> merged().open("program", O.WRONLY).close());
            Expect.errno(
                    Errno.ETXTBSY,
                    () -> merged().open("program", O.RDONLY | O.TRUNC).close());
        } finally {
            running.destroyForcibly();
            running.onExit().join();
        }
    }
}
