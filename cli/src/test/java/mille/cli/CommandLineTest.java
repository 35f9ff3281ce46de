package mille.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mille.cli.Installation.Result;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is printed, and what is said of mistakes. */
class CommandLineTest {
    private static final Installation HOST = new Installation();

    @BeforeAll
    static void makeContainers() throws IOException {
        HOST.mille("create", "--name", "first", "-l", "a=b", "busybox", "echo", "one")
                .orFail();
        HOST.mille("run", "--name", "second", "-v", "/tmp:/host:ro", "busybox", "sh", "-c", "echo two; exit 2");
    }

    @AfterAll
    static void close() throws IOException {
        HOST.close();
    }

    private static void assertSays(int exitCode, String sentence, String... arguments) throws IOException {
        Result result = HOST.mille(arguments);
        assertEquals(exitCode, result.exitCode(), result.errors());
        assertEquals("mille: " + sentence + "\n", result.errors());
        assertEquals("", result.output());
    }

    /** The rehearsal for the start-up cache has one process run several. */
    @Test
    void commandsAreOneUnlessTheyAreToRunInTurn() {
        assertEquals(
                List.of(List.of("mount", "-f"), List.of("version")),
                Main.commands(List.of("in-turn", "mount", "-f", "in-turn", "version")));
        assertEquals(
                List.of(List.of("run", "busybox", "in-turn")), Main.commands(List.of("run", "busybox", "in-turn")));
        assertEquals(List.of(List.of()), Main.commands(List.of()));
    }

    @Test
    void mistakesGetOneSentence() throws IOException {
        assertSays(1, "'rnu' is no command: did you mean 'run'? See 'mille --help'.", "rnu");
        assertSays(125, "Unknown option: '--foo'. See 'mille ps --help'.", "ps", "--foo");
        assertSays(125, "Missing required parameter: 'IMAGE'. See 'mille run --help'.", "run");
        assertSays(1, "no such container: nosuch", "diff", "nosuch");
        assertSays(1, "no such container: nosuch", "rm", "nosuch");
        assertSays(1, "no such image: nosuch", "rmi", "nosuch");
        assertSays(1, "no such container or image: nosuch", "inspect", "--format", "json", "nosuch");
        assertSays(
                125,
                "network 'bridge' is not supported: choose 'host' or 'none'",
                "run",
                "--network",
                "bridge",
                "busybox");
        assertSays(
                125,
                "invalid volume 'a:/b': 'a' is no path; named volumes are not supported, give an absolute path or one that"
                        + " starts with a dot",
                "run",
                "-v",
                "a:/b",
                "busybox");
        assertSays(
                125,
                "the working directory 'relative' is invalid: it needs to be an absolute path",
                "run",
                "-w",
                "relative",
                "busybox");
        assertSays(125, "invalid image name: 'UPPER' must be lower case", "run", "UPPER");
        assertSays(1, "/no/such/file doesn't exist", "import", "/no/such/file", "name");
    }

    @Test
    void aNameThatIsTakenIsRefused() throws IOException {
        Result result = HOST.mille("create", "--name", "first", "busybox");
        assertEquals(125, result.exitCode());
        assertTrue(
                result.errors().matches("mille: the container name 'first' is in use by container [0-9a-f]{12}: .*\n"),
                result.errors());
    }

    @Test
    void aTraceIsShownToThoseWhoAsk() throws IOException {
        assertTrue(HOST.mille("--debug", "rm", "nosuch").errors().contains("no such container"));
        assertTrue(HOST.mille("--debug", "diff", "nosuch").errors().contains("\tat mille.engine"));
    }

    @Test
    void helpListsTheCommandsAndTellsOfEach() throws IOException {
        String help = HOST.mille("--help").orFail().output();
        for (String command : List.of(
                "run", "create", "start", "ps", "inspect", "diff", "logs", "rm", "images", "rmi", "pull", "load",
                "import", "mount", "umount", "version")) {
            assertTrue(help.contains("\n  " + command + " "), command);
        }
        assertTrue(HOST.mille("run", "--help").orFail().output().startsWith("Usage: mille run "));
        assertTrue(HOST.mille("version").orFail().output().startsWith("Mille:  0.1.0\n"));
    }

    @Test
    void tablesLookLikeDockers() throws IOException {
        List<String> running = HOST.mille("ps").orFail().output().lines().toList();
        assertEquals(List.of("CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES"), running);
        List<String> all = HOST.mille("ps", "-a").orFail().output().lines().toList();
        assertEquals(3, all.size());
        assertTrue(
                all.get(1)
                        .matches(
                                "[0-9a-f]{12}   busybox   \"sh -c echo two; exi…\"   .* ago +Exited \\(2\\) .* ago +second"),
                all.get(1));
        assertTrue(all.get(2).matches("[0-9a-f]{12}   busybox   \"echo one\" +.* ago +Created +first"), all.get(2));
        List<String> images = HOST.mille("images").orFail().output().lines().toList();
        assertTrue(images.get(0).matches("REPOSITORY   TAG       IMAGE ID       CREATED +SIZE"), images.get(0));
        assertTrue(images.get(1).matches("busybox      latest    [0-9a-f]{12}   .* ago +[0-9.]+MB"), images.get(1));
        assertEquals(
                2,
                HOST.mille("ps", "-aq")
                        .orFail()
                        .output()
                        .lines()
                        .filter(id -> id.matches("[0-9a-f]{12}"))
                        .count());
    }

    @Test
    void jsonHasDockersMembers() throws IOException {
        JsonObject row = JsonParser.parseString(HOST.mille("ps", "-a", "--format", "json")
                        .orFail()
                        .output()
                        .lines()
                        .findFirst()
                        .orElseThrow())
                .getAsJsonObject();
        assertEquals("second", row.get("Names").getAsString());
        assertEquals("exited", row.get("State").getAsString());
        assertEquals("busybox", row.get("Image").getAsString());
        JsonObject image = JsonParser.parseString(
                        HOST.mille("images", "--format", "json").orFail().output())
                .getAsJsonObject();
        assertEquals("busybox", image.get("Repository").getAsString());
    }

    @Test
    void inspectShowsWhatDockerShows() throws IOException {
        JsonObject json = inspect("second");
        assertEquals("/second", json.get("Name").getAsString());
        assertEquals("sh", json.get("Path").getAsString());
        assertEquals(2, json.getAsJsonArray("Args").size());
        JsonObject state = json.getAsJsonObject("State");
        assertEquals("exited", state.get("Status").getAsString());
        assertFalse(state.get("Running").getAsBoolean());
        assertEquals(2, state.get("ExitCode").getAsInt());
        assertEquals("overlay2", json.getAsJsonObject("GraphDriver").get("Name").getAsString());
        JsonObject data = json.getAsJsonObject("GraphDriver").getAsJsonObject("Data");
        for (String directory : List.of("UpperDir", "WorkDir", "MergedDir")) {
            assertTrue(Files.isDirectory(Path.of(data.get(directory).getAsString())), directory);
        }
        for (String lower : data.get("LowerDir").getAsString().split(":", -1)) {
            assertTrue(Files.isDirectory(Path.of(lower)), lower);
        }
        JsonObject mount = json.getAsJsonArray("Mounts").get(0).getAsJsonObject();
        assertEquals("bind", mount.get("Type").getAsString());
        assertEquals("/host", mount.get("Destination").getAsString());
        assertFalse(mount.get("RW").getAsBoolean());
        assertEquals("busybox", json.getAsJsonObject("Config").get("Image").getAsString());
        assertEquals(
                "none", json.getAsJsonObject("HostConfig").get("NetworkMode").getAsString());
        assertEquals(
                "b",
                inspect("first")
                        .getAsJsonObject("Config")
                        .getAsJsonObject("Labels")
                        .get("a")
                        .getAsString());
        JsonObject image = inspect("busybox");
        assertEquals("busybox:latest", image.getAsJsonArray("RepoTags").get(0).getAsString());
        assertEquals(2, image.getAsJsonObject("RootFS").getAsJsonArray("Layers").size());
        assertEquals(json.get("Image"), image.get("Id"));
    }

    private static JsonObject inspect(String name) throws IOException {
        return JsonParser.parseString(HOST.mille("inspect", name).orFail().output())
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject();
    }
}
