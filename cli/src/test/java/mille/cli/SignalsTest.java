package mille.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mille.cli.Installation.Result;
import mille.cli.Installation.Started;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a container when something happens to the process that runs it. */
class SignalsTest {
    private static final Installation HOST = new Installation();

    @BeforeAll
    static void makeTheImage() throws IOException {
        HOST.mille("run", "--rm", "busybox", "true").orFail();
    }

    @AfterAll
    static void close() throws IOException {
        HOST.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "WINCH"})
    void signalsPassThrough(String signal) throws IOException {
        String script =
                "trap 'echo got " + signal + "; exit 5' " + signal + "; echo ready; while :; do sleep 0.1; done";
        try (Started started = HOST.start("run", "--rm", "busybox", "sh", "-c", script)) {
            Result result = started.awaitOutput("ready").signal(signal).result();
            assertEquals("ready\ngot " + signal + "\n", result.output());
            assertEquals(5, result.exitCode());
        }
        assertEquals(List.of(), HOST.mounts());
    }

    @Test
    void whoAsksThriceKills() throws IOException {
        // Ignored from before it is ready: a shell that is about to be replaced would still end of it.
        try (Started started =
                HOST.start("run", "--rm", "busybox", "sh", "-c", "trap '' INT; echo ready; exec sleep 600")) {
            started.awaitOutput("ready");
            for (int count = 0; count < 3; count++) {
                started.signal("INT");
                Installation.pause(); // a second signal that waits is lost in the first
            }
            Result result = started.result();
            assertEquals(137, result.exitCode());
            assertTrue(result.errors().contains("killing the container"), result.errors());
        }
        assertEquals(List.of(), HOST.mounts());
    }

    @Test
    void aRunningContainerIsSeenAndCanBeKilledByRemoval() throws IOException {
        try (Started started =
                HOST.start("run", "--name", "victim", "busybox", "sh", "-c", "echo ready; exec sleep 600")) {
            started.awaitOutput("ready");
            String row = HOST.mille("ps")
                    .orFail()
                    .output()
                    .lines()
                    .skip(1)
                    .findFirst()
                    .orElseThrow();
            assertTrue(row.matches("[0-9a-f]{12}   busybox   \"sh -c echo ready; e…\" .* Up .* victim"), row);
            Result refused = HOST.mille("rm", "victim");
            assertEquals(1, refused.exitCode());
            assertTrue(refused.errors().contains("the container victim is running"), refused.errors());
            assertEquals("victim\n", HOST.mille("rm", "-f", "victim").orFail().output());
            assertEquals(137, started.result().exitCode());
        }
        assertEquals("", HOST.mille("ps", "-aq").output());
        assertEquals(List.of(), HOST.mounts());
    }

    @Test
    void whatAKilledMilleLeavesTheNextCommandSweeps() throws IOException {
        try (Started started =
                HOST.start("run", "--name", "orphan", "busybox", "sh", "-c", "echo ready; exec sleep 987654")) {
            started.awaitOutput("ready").signal("KILL").result();
            assertFalse(HOST.mounts().isEmpty());
            assertTrue(isAnySleeping());
            String row = HOST.mille("ps", "-a").orFail().output();
            assertTrue(row.contains("Exited (137)"), row);
            assertEquals(List.of(), HOST.mounts());
            assertFalse(isAnySleeping());
        }
        assertEquals("orphan\n", HOST.mille("rm", "orphan").orFail().output());
        try (Started started = HOST.start("run", "--rm", "busybox", "sh", "-c", "echo ready; exec sleep 987654")) {
            started.awaitOutput("ready").signal("KILL").result();
        }
        assertEquals("", HOST.mille("ps", "-aq").orFail().output(), "one with --rm is removed");
    }

    private static boolean isAnySleeping() throws IOException {
        try (var processes = Files.list(Path.of("/proc"))) {
            return processes.anyMatch(SignalsTest::isOurSleep);
        }
    }

    private static boolean isOurSleep(Path process) {
        try {
            return Files.readString(process.resolve("cmdline")).contains("sleep\u0000987654");
        } catch (IOException _) {
            return false; // no process, or no more
        }
    }
}
