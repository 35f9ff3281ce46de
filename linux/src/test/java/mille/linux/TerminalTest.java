package mille.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TerminalTest {
    @FunctionalInterface
    private interface TerminalTask {
        void with(Fd terminal, Path path) throws IOException;
    }

    /** Lends a pseudo-terminal that {@code script(1)} keeps. */
    private static void onTerminal(TerminalTask task) throws IOException {
        Process keeper = new ProcessBuilder("script", "-qc", "tty; sleep 60", "/dev/null").start();
        try (var output = keeper.inputReader()) {
            Path path = Path.of(output.readLine().strip());
            try (Fd terminal = Fd.open(path, O.RDWR | O.NOCTTY)) {
                task.with(terminal, path);
            }
        } finally {
            keeper.descendants().forEach(ProcessHandle::destroyForcibly);
            keeper.destroyForcibly();
        }
    }

    private static String stty(Path terminal, String what) throws IOException {
        Process stty = new ProcessBuilder("stty", "-F", terminal.toString(), what).start();
        return new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void rawIsWhatSttyCallsRawAndRestoringUndoesIt() throws IOException {
        onTerminal((terminal, path) -> {
            String before = stty(path, "-a");
            Terminal.Settings settings = Terminal.makeRaw(terminal);
            String raw = stty(path, "-a");
            for (String off : new String[] {"-icanon", "-isig", "-echo ", "-icrnl", "-ixon", "-opost", "-iexten"}) {
                assertTrue(raw.contains(off), raw);
            }
            Terminal.restore(terminal, settings);
            assertEquals(before, stty(path, "-a"));
        });
    }

    @Test
    void aSizeThatIsSetIsRead() throws IOException {
        onTerminal((terminal, path) -> {
            Terminal.setSize(terminal, new Terminal.Size(33, 111));
            assertEquals(new Terminal.Size(33, 111), Terminal.size(terminal));
            assertEquals("33 111\n", stty(path, "size"));
        });
    }

    @Test
    void aPipeIsNoTerminal() throws IOException {
        onTerminal((terminal, _) -> assertTrue(Terminal.isTerminal(terminal)));
        try (Pipe pipe = Pipe.open()) {
            assertFalse(Terminal.isTerminal(pipe.read()));
        }
    }
}
