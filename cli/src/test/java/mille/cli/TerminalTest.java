package mille.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import mille.cli.Installation.Result;
import mille.testkit.Command;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code run -it} as a person at a terminal has it. */
class TerminalTest {
    private static final Installation HOST = new Installation();
    private static Path player = Path.of("");

    @BeforeAll
    static void makeTheImage() throws IOException {
        player = HOST.path("terminal.py");
        try (InputStream script = Objects.requireNonNull(TerminalTest.class.getResourceAsStream("terminal.py"))) {
            Files.copy(script, player);
        }
        HOST.mille("run", "--rm", "busybox", "true").orFail();
    }

    @AfterAll
    static void close() throws IOException {
        HOST.close();
    }

    private static String play(List<String> steps, List<String> commandLine) throws IOException {
        List<String> command = new ArrayList<>(List.of("python3", player.toString()));
        command.addAll(steps);
        command.add("--");
        command.addAll(commandLine);
        Process process =
                Installation.builder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, Installation.exitCodeOf(process, command), said);
        return said;
    }

    @Test
    void aShellOnATerminalWorksAsOneExpects() throws IOException {
        List<String> run = HOST.command("run", "-it", "--rm", "busybox", "sh");
        String said = play(
                List.of(
                        "see # ",
                        "type stty size; tty\\n",
                        "see 24 80\r\n/dev/pts/0",
                        "size 40 120",
                        "type sleep 0.5; stty size\\n",
                        "see 40 120",
                        // The echo of what is typed doesn't count; what is seen comes from whom the key is to reach.
                        "type sh -c \"echo star''ted; exec sleep 600\"\\n",
                        "see started",
                        "type \\x03",
                        "see # ",
                        "type exit 9\\n"),
                run);
        assertEquals("exit 9\n", said);
        assertEquals(List.of(), HOST.mounts());
    }

    @Test
    void theTerminalIsAsBeforeWhenTheContainerHasEnded() throws IOException {
        List<String> script = new ArrayList<>(List.of("sh", "-c", "stty -g; \"$@\"; stty -g; echo done; read x", "-"));
        script.addAll(HOST.command("run", "-it", "--rm", "busybox", "sh", "-c", "stty -a; echo inside"));
        List<String> logged = new ArrayList<>(List.of("sh", "-c", "\"$@\" | tee " + HOST.path("tty.log"), "-"));
        logged.addAll(script);
        play(List.of("see done", "type \\n"), logged);
        List<String> settings = Files.readAllLines(HOST.path("tty.log")).stream()
                .filter(line -> line.matches("[0-9a-f]+(:[0-9a-f]+){8,}"))
                .toList();
        assertEquals(2, settings.size());
        assertEquals(settings.get(0), settings.get(1));
    }

    @Test
    void keysNeedATerminalToComeFrom() throws IOException {
        Result result = HOST.mille("run", "-it", "busybox", "sh");
        assertEquals(125, result.exitCode());
        assertTrue(result.errors().contains("the input device is not a TTY"), result.errors());
        assertEquals("", HOST.mille("ps", "-aq").output(), "nothing was created");
    }

    @Test
    void aTerminalWithoutKeysNeedsNone() throws IOException {
        assertEquals(
                "/dev/pts/0\r\n",
                HOST.mille("run", "-t", "--rm", "busybox", "tty").orFail().output());
    }

    @Test
    void aTerminalShowsABarForEachLayerThatComesIn() throws IOException {
        Path tar = HOST.path("root.tar");
        Path root = HOST.directory("root");
        Files.writeString(root.resolve("file"), "content");
        Command.run("tar", "-C", root.toString(), "-cf", tar.toString(), ".");
        play(List.of("see 100% [==="), HOST.command("import", tar.toString(), "some/root"));
    }
}
