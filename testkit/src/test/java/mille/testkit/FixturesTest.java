package mille.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileSystemStat;
import mille.linux.O;
import mille.linux.Stat;
import org.junit.jupiter.api.Test;

final class FixturesTest {

    @Test
    void anExt4HasTheSizeThatWasAskedForAndIsEmpty() throws IOException {
        Path root;
        try (TemporaryFileSystem ext4 = TemporaryFileSystem.ext4(64 << 20)) {
            root = ext4.root();
            try (Fd fd = Fd.open(root, O.RDONLY | O.DIRECTORY);
                    var entries = Files.list(root)) {
                FileSystemStat stat = FileSystemStat.of(fd);
                long sizeBytes = stat.blocks() * stat.fragmentBytes();
                assertTrue(sizeBytes > (48 << 20) && sizeBytes <= (64 << 20), () -> sizeBytes + " bytes");
                assertEquals(List.of(), entries.toList());
            }
        }
        assertFalse(Files.exists(root));
        assertFalse(Command.run("losetup", "--list", "--noheadings").contains(root.toString()));
    }

    @Test
    void aBusyFileSystemIsUnmountedToo() throws IOException {
        Path root;
        Fd user;
        try (TemporaryFileSystem tmpfs = TemporaryFileSystem.tmpfs(1 << 20)) {
            root = tmpfs.root();
            user = Fd.open(root, O.RDONLY | O.DIRECTORY);
        }
        user.close();
        assertEquals(List.of(), MountPoint.beneath(root));
    }

    @Test
    void theKernelsOverlayCopiesAWrittenFileUp() throws IOException {
        try (OverlayFixture overlay = new OverlayFixture(OverlayDriver.KERNEL, 2)) {
            Files.writeString(overlay.lowers().getLast().resolve("file"), "below");
            Path merged = overlay.mount();
            Files.writeString(merged.resolve("file"), "above");
            assertEquals("below", Files.readString(overlay.lowers().getLast().resolve("file")));
            assertEquals("above", Files.readString(overlay.upper().resolve("file")));
        }
    }

    @Test
    void pathsWithCommasAndColonsAreEscaped() throws IOException {
        try (ScratchDirectory scratch = ScratchDirectory.create()) {
            Path lower = scratch.directory("a,b:c\\d");
            Files.writeString(lower.resolve("file"), "there");
            Path merged = scratch.directory("merged");
            OverlaySpec spec = OverlaySpec.writable(
                    List.of(lower, scratch.directory("other")), scratch.directory("up,per"), scratch.directory("w"));
            try (var _ = OverlayDriver.KERNEL.mount(spec, merged)) {
                assertEquals("there", Files.readString(merged.resolve("file")));
            }
        }
    }

    @Test
    void aCommandThatOutlivesItsTimeIsKilled() {
        AssertionError error = assertThrows(
                AssertionError.class, () -> Command.attempt(Duration.ofMillis(100), "sh", "-c", "sleep 1000; true"));
        assertTrue(String.valueOf(error.getMessage()).contains("still ran"));
    }

    @Test
    void aCommandsOutputErrorsAndExitCodeAreKept() throws IOException {
        var outcome = Command.attempt(Duration.ofSeconds(10), "sh", "-c", "echo out; echo err >&2; exit 3");
        assertEquals(List.of("out\n", "err\n"), List.of(outcome.output(), outcome.errors()));
        assertEquals(3, outcome.exitCode());
    }

    @Test
    void aCallerHasTheRightsOfAStrangerAndItsOwnUmask() throws IOException {
        try (ScratchDirectory scratch = ScratchDirectory.create()) {
            Path secret = Files.writeString(scratch.path().resolve("secret"), "s");
            Command.run("chmod", "0640", secret.toString());
            ErrnoException refused = assertThrows(
                    ErrnoException.class,
                    () -> Caller.ALICE.does(() -> Fd.open(secret, O.RDONLY).close()));
            assertEquals(Errno.EACCES, refused.errno());
            Command.run("chmod", "0777", scratch.path().toString());
            try (Playground here = Playground.at(scratch.path())) {
                here.setXattr("secret", "trusted.mine", "root's");
                assertEquals(List.of("trusted.mine"), here.xattrs("secret"));
                assertEquals(List.of(), Caller.ALICE.gets(() -> here.xattrs("secret")));
            }
            Stat made = Caller.ALICE.withUmask(027).gets(() -> {
                try (Fd fd = Fd.open(scratch.path().resolve("made"), O.WRONLY | O.CREAT, 0666)) {
                    return Stat.of(fd);
                }
            });
            assertEquals(0640, made.permissions());
            assertEquals(Caller.ALICE.uid(), made.uid());
            assertEquals(Caller.ALICE.gid(), made.gid());
        }
    }

    @Test
    void theProbeSeesWhatItWritesIntoAMap() throws IOException {
        try (ScratchDirectory scratch = ScratchDirectory.create()) {
            Path file = Files.writeString(scratch.path().resolve("file"), "0123456789");
            assertEquals("abc", Probe.ask("map-shared", file, 2, "abc"));
            assertEquals("01abc56789", Files.readString(file));
        }
    }
}
