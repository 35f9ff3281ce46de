package mille.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    /** A process whose parent has gone. */
    private static int orphan(String script) throws IOException {
        Process parent = new ProcessBuilder("sh", "-c", "(" + script + ") >/dev/null & echo $!").start();
        try (var output = parent.inputReader()) {
            int pid = Integer.parseInt(output.readLine());
            parent.onExit().join();
            return pid;
        }
    }

    @Test
    void anOrphansExitCodeReachesTheOneWhoAdoptsIt() throws IOException {
        Processes.adoptOrphans();
        int pid = orphan("sleep 0.2; exit 7");
        assertEquals(7, Processes.await(pid));
    }

    @Test
    void aKilledProcessEndsWith128AndTheSignal() throws IOException {
        Processes.adoptOrphans();
        int pid = orphan("exec sleep 60");
        assertTrue(Processes.send(pid, Signal.KILL));
        assertEquals(137, Processes.await(pid));
        assertFalse(Processes.send(pid, Signal.KILL));
    }

    @Test
    void aStartTimeIsKnownWhileTheProcessLives() throws IOException {
        Processes.adoptOrphans();
        int pid = orphan("exec sleep 60");
        long started = Processes.startTime(pid).orElseThrow();
        assertEquals(started, Processes.startTime(pid).orElseThrow());
        Processes.send(pid, Signal.KILL);
        Processes.await(pid);
        assertTrue(Processes.startTime(pid).isEmpty());
    }
}
