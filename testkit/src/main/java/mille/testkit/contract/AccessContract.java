package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Expect;
import mille.testkit.Playground;
import mille.testkit.Probe;
import org.junit.jupiter.api.Test;

/** Files by other ways than read and write: maps, direct access, unnamed files, running programs. */
abstract class AccessContract extends Chapter {
    AccessContract(Path root) {
        super(root);
    }

    @Test
    void aSharedMapWritesIntoTheFile() throws IOException {
        here().write("file", "0123456789");
        assertEquals("abc", Probe.ask("map-shared", here().path("file"), 4, "abc"));
        assertEquals("0123abc789", here().read("file"));
    }

    @Test
    void aPrivateMapLeavesTheFileAlone() throws IOException {
        here().write("file", "0123456789");
        assertEquals("456", Probe.ask("map-private", here().path("file"), 4, "abc"));
        assertEquals("0123456789", here().read("file"));
    }

    @Test
    void aMapShowsWhatIsWritten() throws IOException {
        here().write("file", "old content");
        assertEquals("new", Probe.ask("map-sees-write", here().path("file"), "new"));
    }

    @Test
    void aSharedMapStampsTheFile() throws IOException {
        here().write("file", "0123456789");
        here().utimes("file", new Stat.Time(5, 0), new Stat.Time(5, 0));
        Probe.ask("map-shared", here().path("file"), 0, "x");
        assertTrue(here().stat("file").modified().seconds() > 5);
    }

    @Test
    void directAccessReadsWhatItWrites() throws IOException {
        assertEquals("ab", Probe.ask("direct", here().path("direct")));
        assertEquals("ab", here().read("direct").substring(4095, 4097));
    }

    @Test
    void anUnnamedFileCanBeGivenAName() throws IOException {
        try (Fd unnamed = here().open(".", O.TMPFILE | O.RDWR, 0600)) {
            Playground.writeAt(unnamed, 0, "unnamed");
            assertEquals(0, Stat.of(unnamed).linkCount());
            assertTrue(here().names(".").isEmpty());
            FileAttributes.setMode(unnamed, 0640);
            Names.linkOpenFile(unnamed, here().directory(), FileName.of("named"));
            assertEquals(1, Stat.of(unnamed).linkCount());
        }
        assertEquals("unnamed", here().read("named"));
        assertEquals(Stat.S_IFREG | 0640, here().stat("named").mode());
    }

    @Test
    void anUnnamedExclusiveFileNeverGetsAName() throws IOException {
        try (Fd unnamed = here().open(".", O.TMPFILE | O.RDWR | O.EXCL, 0600)) {
            Expect.errno(Errno.ENOENT, () -> Names.linkOpenFile(unnamed, here().directory(), FileName.of("named")));
        }
    }

    @Test
    void aRunningProgramCannotBeWritten() throws IOException {
        Files.copy(Probe.program(), here().path("program"));
        here().chmod("program", 0755);
        Process running = new ProcessBuilder(here().path("program").toString(), "hold").start();
        try {
            assertEquals('r', running.getInputStream().read());
            Expect.errno(Errno.ETXTBSY, () -> here().open("program", O.WRONLY).close());
            Expect.errno(
                    Errno.ETXTBSY,
                    () -> here().open("program", O.RDONLY | O.TRUNC).close());
            here().unlink("program");
        } finally {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    @Test
    void aFileThatIsBeingWrittenCannotRun() throws IOException {
        Files.copy(Probe.program(), here().path("program"));
        here().chmod("program", 0755);
        try (Fd _ = here().open("program", O.WRONLY)) {
            IOException refused = assertThrows(
                    IOException.class,
                    () -> new ProcessBuilder(here().path("program").toString(), "hold").start());
            assertTrue(String.valueOf(refused.getMessage()).contains("Text file busy"), refused::toString);
        }
    }
}
