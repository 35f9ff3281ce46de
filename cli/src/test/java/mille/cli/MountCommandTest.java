package mille.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import mille.cli.Installation.Result;
import mille.cli.Installation.Started;
import mille.testkit.Command;
import mille.testkit.UringOffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code mille mount} and {@code mille umount}. */
class MountCommandTest {
    private final Installation host = new Installation();
    private String options = "";
    private String merged = "";

    @BeforeEach
    void makeLayers() throws IOException {
        Files.writeString(host.directory("lower").resolve("given"), "given");
        options = "lowerdir=" + host.path("lower") + ",upperdir=" + host.directory("upper") + ",workdir="
                + host.directory("work");
        merged = host.directory("merged").toString();
    }

    @AfterEach
    void close() throws IOException {
        host.close();
    }

    @Test
    void aMountStaysWhenTheCommandHasReturnedAndGoesWithUmount() throws IOException {
        host.mille("mount", "-o", options, merged).orFail();
        assertEquals("given", Files.readString(Path.of(merged, "given")));
        Files.writeString(Path.of(merged, "new"), "new");
        assertEquals("new", Files.readString(host.path("upper").resolve("new")));
        host.mille("umount", merged).orFail();
        assertEquals(List.of(), host.mounts());
        assertFalse(Files.exists(Path.of(merged, "given")));
    }

    /** What the JDK puts together at its first use takes a mount's first request for it some 15 ms, and no start-up cache holds it. */
    @Test
    void nothingIsPutTogetherWhileRequestsWait() throws IOException {
        Path loaded = host.path("loaded");
        ProcessBuilder builder = Installation.builder(host.command("mount", "-o", options, merged));
        builder.environment().put("MILLE_JAVA_OPTS", "-Xlog:class+load:file=" + loaded);
        Installation.exitCodeOf(builder.start(), builder.command());
        Command.run("sh", "-ec", """
                cd "$0"
                mkdir made
                echo new >made/one
                ln made/one made/two
                ln given made/three
                touch -d @1 made/one
                touch given
                cat given made/*
                mv made/two made/four
                rm made/three
                rm -r made given
                echo again >given
                find . -ls""", merged);
        host.mille("umount", merged).orFail();
        List<String> puttingTogether = Files.readAllLines(loaded).stream()
                .filter(line -> line.contains(" java.lang.runtime.ObjectMethods ")
                        || line.contains(" java.lang.runtime.SwitchBootstraps "))
                .toList();
        assertEquals(List.of(), puttingTogether);
        assertTrue(Files.readString(loaded).contains(" mille.overlay.Rename "), "what was loaded is seen");
    }

    @Test
    void inTheForegroundItEndsWhenItIsAskedTo() throws IOException {
        try (Started started = host.start("mount", "-f", "-o", options, merged)) {
            while (!Files.exists(Path.of(merged, "given"))) {
                Installation.pause();
            }
            started.signal("TERM").result();
        }
        assertEquals(List.of(), host.mounts());
    }

    @Test
    void requestsComeAsItIsAsked() throws IOException {
        try (UringOffer _ = UringOffer.set(true)) {
            host.mille("mount", "--transport", "uring", "-o", options, merged).orFail();
            assertEquals("given", Files.readString(Path.of(merged, "given")));
            host.mille("umount", merged).orFail();
        }
        try (UringOffer _ = UringOffer.set(false)) {
            Result refused = host.mille("mount", "--transport=uring", "-o", options, merged);
            assertEquals(
                    "mille: the kernel doesn't offer FUSE over io_uring: it takes Linux 6.14 and Y in"
                            + " /sys/module/fuse/parameters/enable_uring\n",
                    refused.errors());
            assertEquals(1, refused.exitCode());
            assertEquals(List.of(), host.mounts());
        }
        host.mille("mount", "--transport", "dev", "-o", options, merged).orFail();
        assertEquals("given", Files.readString(Path.of(merged, "given")));
        host.mille("umount", merged).orFail();
    }

    @Test
    void aWarningIsOneLine() throws IOException {
        Result mounted = host.mille("mount", "-o", options + ",verity=on", merged);
        assertEquals(
                "mille: WARNING: no lower directory lies on a file system with fs-verity: what has a digest can't be opened\n",
                mounted.errors());
        assertEquals(0, mounted.exitCode());
        host.mille("umount", merged).orFail();
    }

    @Test
    void theKernelCanMountTheSameDirectories() throws IOException {
        host.mille("--storage-driver", "kernel", "mount", "-o", options, merged).orFail();
        assertEquals("overlay\n", Command.run("findmnt", "--noheadings", "--output", "FSTYPE", merged));
        host.mille("umount", merged).orFail();
    }

    @Test
    void whatCanNotBeMountedIsSaidInOneSentence() throws IOException {
        Result unknown = host.mille("mount", "--bogus", merged);
        assertEquals(1, unknown.exitCode());
        assertTrue(unknown.errors().startsWith("mille: "), unknown.errors());
        assertEquals(1, unknown.errors().lines().count(), unknown.errors());
        assertRefused("unknown mount option 'lowerdri=x'", "lowerdri=x");
        assertRefused("lowerdir " + host.path("nosuch") + " does not exist", "lowerdir=" + host.path("nosuch"));
        host.mille("mount", "-o", options, merged).orFail();
        Result again =
                host.mille("mount", "-o", options, host.directory("other").toString());
        assertEquals("mille: upperdir " + host.path("upper") + " is in use by another mount\n", again.errors());
        assertEquals(1, again.exitCode());
        host.mille("umount", merged).orFail();
        Result gone = host.mille("umount", merged);
        assertEquals("mille: " + merged + " can't be unmounted: nothing is mounted there\n", gone.errors());
        assertEquals(1, gone.exitCode());
        assertTrue(host.mounts().isEmpty());
    }

    @Test
    void aMountTellsWhatItHasServed() throws IOException {
        host.mille("mount", "-o", options, merged).orFail();
        for (int i = 0; i < 10; i++) {
            Files.writeString(Path.of(merged, "new" + i), "new");
        }
        String table = host.mille("mount", "--stats", merged).orFail().output();
        assertTrue(table.startsWith("up "), table);
        assertTrue(table.contains(", open eager, passthrough on\n"), table);
        assertTrue(table.contains("\nREQUEST "), table);
        assertTrue(table.lines().anyMatch(line -> line.matches("CREATE +10 +0( +[0-9.]+(ns|us|ms|s)){3}")), table);
        JsonObject json = JsonParser.parseString(host.mille("mount", "--stats", "--format", "json", merged)
                        .line())
                .getAsJsonObject();
        assertEquals("eager", json.get("open").getAsString());
        assertEquals(10, count(json, "CREATE"));
        host.mille("umount", merged).orFail();
    }

    private static long count(JsonObject json, String opcode) {
        return json.getAsJsonArray("requests").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(request -> request.get("opcode").getAsString().equals(opcode))
                .mapToLong(request -> request.get("count").getAsLong())
                .sum();
    }

    @Test
    void aMountThatGetsASignalTellsItInPlaceAndLivesOn() throws IOException {
        try (Started started = host.start("mount", "-f", "-o", options, merged)) {
            while (!Files.exists(Path.of(merged, "given"))) {
                Installation.pause();
            }
            Files.createDirectory(Path.of(merged, "new"));
            started.signal("USR1").awaitErrors("\nMKDIR     1 ");
            Files.createDirectory(Path.of(merged, "newer"));
            started.signal("USR1").awaitErrors("\nMKDIR     2 ");
            Result result = started.signal("TERM").result();
            assertTrue(result.errors().startsWith(merged + " at "), result.errors());
        }
        assertEquals(List.of(), host.mounts());
    }

    @Test
    void inTheBackgroundItTellsItToItsLog() throws IOException {
        host.mille("mount", "-o", options, merged).orFail();
        String process = JsonParser.parseString(
                        host.mille("mount", "--stats", "--format=json", merged).line())
                .getAsJsonObject()
                .get("process")
                .getAsString();
        Path log = Path.of("/run/mille/mount-" + process + ".log");
        try {
            assertFalse(Files.exists(log));
            Files.createDirectory(Path.of(merged, "new"));
            Command.run("kill", "-USR1", process);
            while (!Files.exists(log) || !Files.readString(log).matches("(?s).*\nMKDIR +1 .*")) {
                Installation.pause();
            }
            assertTrue(Files.readString(log).startsWith(merged + " at "), Files.readString(log));
        } finally {
            host.mille("umount", merged).orFail();
            Files.deleteIfExists(log);
        }
    }

    @Test
    void aMountCanBeRecordedFromOutside() throws IOException {
        String recording = host.path("recording.jfr").toString();
        try (Started started = host.start("mount", "-f", "-o", options, merged)) {
            while (!Files.exists(Path.of(merged, "given"))) {
                Installation.pause();
            }
            String process = Long.toString(started.pid());
            jdk(
                    "jcmd",
                    process,
                    "JFR.start",
                    "name=mille",
                    "filename=" + recording,
                    "+mille.SlowRequest#threshold=0ms");
            Files.writeString(Path.of(merged, "given"), "changed");
            jdk("jcmd", process, "JFR.stop", "name=mille");
            started.signal("TERM").result();
        }
        String events = jdk("jfr", "print", "--events", "mille.*", recording);
        assertTrue(events.contains("path = \"/given\""), events);
        assertTrue(events.contains("opcode = \"OPEN\""), events);
    }

    /** The JVM's compiler, which all requests of the first second wait for. */
    @Test
    void theCompilerGoesBeforeOtherThreads() throws IOException {
        try (Started started = host.start("mount", "-f", "-o", options, merged)) {
            Path tasks = Path.of("/proc/" + started.pid() + "/task");
            while (!niceOf("C1 Compiler", tasks).equals(List.of("-10"))) {
                Installation.pause();
            }
            assertEquals(Set.of("0"), Set.copyOf(niceOf("overlay-", tasks)), "who serves stays as it is");
            started.signal("TERM").result();
        }
    }

    private static List<String> niceOf(String threads, Path tasks) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(tasks)) {
            for (Path task : all.toList()) {
                try {
                    String stat = Files.readString(task.resolve("stat"));
                    if (stat.contains("(" + threads)) {
                        found.add(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]);
                    }
                } catch (IOException ended) {
                    // Not one of those that serve, which stay.
                }
            }
        }
        return found;
    }

    private static String jdk(String tool, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
        command.addAll(List.of(arguments));
        return Command.run(command.toArray(String[]::new));
    }

    @Test
    void whatIsNoMountOfOursTellsNothing() throws IOException {
        assertSays(merged + " is no mount of Mille's", "mount", "--stats", merged);
        assertSays(merged + "/absent doesn't exist", "mount", "--stats", merged + "/absent");
        host.mille("mount", "-o", options + ",noxattrs=1", merged).orFail();
        assertSays(
                merged + " gives no statistics: try as root; one that is mounted with noxattrs writes them when its"
                        + " process gets SIGUSR1",
                "mount",
                "--stats",
                merged);
        host.mille("umount", merged).orFail();
        assertSays("--format goes with --stats. See 'mille mount --help'.", "mount", "--format=json", merged);
        assertSays("Missing required option: '-o=OPTIONS'. See 'mille mount --help'.", "mount", merged);
    }

    private void assertSays(String sentence, String... arguments) throws IOException {
        Result result = host.mille(arguments);
        assertEquals("mille: " + sentence + "\n", result.errors());
        assertEquals(1, result.exitCode());
        assertEquals("", result.output());
    }

    private void assertRefused(String sentence, String badOptions) throws IOException {
        Result result = host.mille("mount", "-o", badOptions, merged);
        assertEquals("mille: " + sentence + "\n", result.errors());
        assertEquals(1, result.exitCode());
        assertEquals(List.of(), host.mounts());
    }
}
