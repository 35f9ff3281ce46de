package mille.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mille.cli.Installation.Result;
import mille.cli.Installation.Started;
import mille.linux.Fd;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.testkit.Aspect;
import mille.testkit.Command;
import mille.testkit.DebianRoot;
import mille.testkit.RegistryServer;
import mille.testkit.ScratchDirectory;
import mille.testkit.TreeComparison;
import mille.testkit.TreeSnapshot;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Mille is for, on a real image from a real registry: a Debian root of some 8,700 entries below a layer with one large file. */
class StoryTest {
    private static final int BIG_BYTES = 32 << 20;
    private static final int HASHED_FILES = 200;
    private static final String LIST =
            "find / -xdev \\( -path /dev -o -path /proc -o -path /sys \\) -prune -o -print | LC_ALL=C sort";

    private static final ScratchDirectory SHARED = ScratchDirectory.create();

    /** What the image holds, unpacked by GNU tar. */
    private static final Path ROOT = SHARED.directory("root");

    private static RegistryServer registry;
    private static String image = "";

    @BeforeAll
    static void publishTheImage() throws IOException, InterruptedException {
        Command.run(
                "tar",
                "-C",
                ROOT.toString(),
                "--numeric-owner",
                "--xattrs",
                "-xpf",
                DebianRoot.tar().toString());
        Path upper = SHARED.directory("upper");
        Files.write(upper.resolve("big"), pattern());
        Path upperTar = SHARED.path().resolve("upper.tar");
        Command.run(
                "tar",
                "-C",
                upper.toString(),
                "--owner=0",
                "--group=0",
                "--numeric-owner",
                "-cf",
                upperTar.toString(),
                "big");
        Command.run("cp", upper.resolve("big").toString(), ROOT.toString());
        Path layout = SHARED.path().resolve("layout");
        Command.run("umoci", "init", "--layout", layout.toString());
        String name = layout + ":debian";
        Command.run("umoci", "new", "--image", name);
        Command.run(
                "umoci", "raw", "add-layer", "--image", name, DebianRoot.tar().toString());
        Command.run("umoci", "raw", "add-layer", "--image", name, upperTar.toString());
        Command.run("umoci", "config", "--image", name, "--config.cmd", "bash");
        registry = RegistryServer.start(SHARED.directory("registry"), RegistryServer.Access.EVERYONE);
        registry.push(SHARED.path(), "oci:layout:debian", "mille/debian:12");
        image = registry.host() + "/mille/debian:12";
    }

    @AfterAll
    static void close() throws IOException {
        if (registry != null) {
            registry.close();
        }
        SHARED.close();
    }

    /** Bytes that don't repeat and need no randomness. */
    private static byte[] pattern() {
        byte[] bytes = new byte[BIG_BYTES];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) (at * 31 + (at >> 8) * 17 + (at >> 16));
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "mille"})
    void theStoryHolds(String driver) throws IOException {
        try (Installation host = new Installation()) {
            host.mille("images").orFail();
            Set<String> before = filesOf(host.store());
            new Story(host, driver).tell();
            assertEquals(before, filesOf(host.store()));
            assertEquals(List.of(), host.mounts());
        }
    }

    private static Set<String> filesOf(Path store) throws IOException {
        try (Stream<Path> files = Files.walk(store)) {
            return files.map(file -> store.relativize(file).toString())
                    .filter(file -> !file.startsWith("mille.db"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** One telling of it, on one driver. */
    private record Story(Installation host, String driver) {
        void tell() throws IOException {
            mille("pull", image).orFail();
            twoContainersOfOneImageDontMeet();
            theDirectoriesHoldWhatChanged();
            aContainerGoesOnWhereItEnded();
            aLargeFileIsCopiedAndTheImageKeepsItsOwn();
            theRootIsTheOneThatWentIn();
            theKernelReadsTheSame();
            whatWasKilledIsPutInOrder();
            mille("rm", "one", "two", "three").orFail();
            mille("rmi", image).orFail();
        }

        Result mille(String... arguments) throws IOException {
            return host.mille(arguments);
        }

        private Result run(String... arguments) throws IOException {
            List<String> all = new ArrayList<>(List.of("--storage-driver", driver, "run"));
            all.addAll(Arrays.asList(arguments));
            return host.mille(all.toArray(String[]::new));
        }

        private void twoContainersOfOneImageDontMeet() throws IOException {
            String script =
                    "if [ -e /hello.txt ]; then cat /hello.txt; ls /etc/issue; else echo hello > /hello.txt; rm /etc/issue; fi";
            run("--name", "one", image, "sh", "-c", script).orFail();
            Result second =
                    run("--name", "two", image, "sh", "-c", "cat /etc/issue; ls / | grep hello; cat /hello.txt");
            assertEquals(Files.readString(ROOT.resolve("etc/issue")), second.output());
            assertTrue(second.errors().contains("/hello.txt: No such file or directory"), second.errors());
            List<String> lowersOfOne = lowers("one");
            List<String> lowersOfTwo = lowers("two");
            assertEquals(3, lowersOfOne.size());
            assertNotEquals(lowersOfOne.getFirst(), lowersOfTwo.getFirst(), "each has an init layer of its own");
            assertEquals(lowersOfOne.subList(1, 3), lowersOfTwo.subList(1, 3));
        }

        private void theDirectoriesHoldWhatChanged() throws IOException {
            for (String directory : List.of("UpperDir", "WorkDir", "MergedDir")) {
                assertTrue(Files.isDirectory(data("one", directory)), directory);
            }
            Path upper = data("one", "UpperDir");
            assertEquals("hello\n", Files.readString(upper.resolve("hello.txt")));
            try (Fd fd = Fd.open(upper, O.PATH | O.DIRECTORY)) {
                Stat whiteout = Stat.at(fd, RelativePath.parse("etc/issue"));
                assertTrue(whiteout.isCharacterDevice());
                assertEquals(0, whiteout.rdevice());
            }
            assertEquals(
                    Set.of("A /hello.txt", "C /etc", "D /etc/issue"),
                    Set.copyOf(mille("diff", "one").orFail().output().lines().toList()));
        }

        private void aContainerGoesOnWhereItEnded() throws IOException {
            Result again = mille("--storage-driver", driver, "start", "one");
            assertEquals("hello\n", again.output());
            assertTrue(again.errors().contains("/etc/issue"), again.errors());
        }

        private void aLargeFileIsCopiedAndTheImageKeepsItsOwn() throws IOException {
            Path lower = lowers("two").stream()
                    .map(directory -> Path.of(directory, "big"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            String before = hash(lower);
            run("--name", "three", image, "sh", "-c", "printf more >> /big").orFail();
            assertEquals(before, hash(lower));
            assertEquals(BIG_BYTES, Files.size(lower));
            Path expected = host.path("expected");
            Files.copy(ROOT.resolve("big"), expected);
            Files.writeString(expected, "more", StandardOpenOption.APPEND);
            assertEquals(hash(expected), hash(data("three", "UpperDir").resolve("big")));
        }

        private static String hash(Path file) throws IOException {
            return Command.run("sha256sum", file.toString()).substring(0, 64);
        }

        private void theRootIsTheOneThatWentIn() throws IOException {
            List<String> files = someFiles();
            String script = "apt-get --version | head -n 1; echo ---; " + LIST + "; echo ---; xargs sha256sum";
            Path list = host.path("list");
            Files.write(list, files);
            String[] parts = host.milleReading(
                            Files.readString(list),
                            "--storage-driver",
                            driver,
                            "run",
                            "--rm",
                            "-i",
                            image,
                            "sh",
                            "-c",
                            script)
                    .orFail()
                    .output()
                    .split("---\n", -1);
            assertTrue(parts[0].startsWith("apt 2."), parts[0]);
            assertEquals(expectedNames(), parts[1].lines().toList());
            String expected = Command.run("bash", "-c", "cd " + ROOT + " && sed s,^/,, " + list + " | xargs sha256sum");
            assertEquals(
                    expected.lines().map(line -> line.replaceFirst("  ", "  /")).toList(),
                    parts[2].lines().toList());
        }

        /** Regular files spread over the root, in order. */
        private static List<String> someFiles() throws IOException {
            List<String> all = Command.run("bash", "-c", "cd " + ROOT + " && find usr etc -type f | LC_ALL=C sort")
                    .lines()
                    // The keeper of a container mounts its own over these.
                    .filter(file -> !Set.of("etc/hosts", "etc/hostname", "etc/resolv.conf")
                            .contains(file))
                    .filter(file -> !file.contains(" "))
                    .toList();
            int step = all.size() / HASHED_FILES;
            return Stream.iterate(0, at -> at + step)
                    .limit(HASHED_FILES)
                    .map(at -> "/" + all.get(at))
                    .toList();
        }

        private static List<String> expectedNames() throws IOException {
            Set<String> names = new TreeSet<>(Set.of("/", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"));
            String prune = "\\( -path ./dev -o -path ./proc -o -path ./sys \\) -prune -o -print";
            Command.run("bash", "-c", "cd " + ROOT + " && find . -mindepth 1 " + prune)
                    .lines()
                    .forEach(line -> names.add(line.substring(1)));
            List<String> sorted = new ArrayList<>(names);
            return sorted;
        }

        private void theKernelReadsTheSame() throws IOException {
            for (String name : List.of("one", "three")) {
                TreeSnapshot ours = mounted("mille", name);
                TreeSnapshot kernels = mounted("kernel", name);
                EnumSet<Aspect> aspects = EnumSet.allOf(Aspect.class);
                aspects.remove(Aspect.LINK_COUNT); // of a directory: the kernel says 1 where it is merged
                TreeComparison.of(kernels, ours, aspects).assertSame("the tree of " + name);
            }
        }

        private TreeSnapshot mounted(String by, String name) throws IOException {
            Path merged = host.directory("merged");
            String options = "lowerdir=" + String.join(":", lowers(name)) + ",upperdir=" + data(name, "UpperDir")
                    + ",workdir=" + data(name, "WorkDir");
            mille("--storage-driver", by, "mount", "-o", options, merged.toString())
                    .orFail();
            try {
                return TreeSnapshot.of(merged);
            } finally {
                mille("umount", merged.toString()).orFail();
            }
        }

        private void whatWasKilledIsPutInOrder() throws IOException {
            try (Started started = host.start(
                    "--storage-driver", driver, "run", "--rm", image, "sh", "-c", "echo ready; exec sleep 600")) {
                started.awaitOutput("ready").signal("KILL").result();
            }
            assertFalse(host.mounts().isEmpty());
            assertEquals("", mille("ps", "-q").orFail().output());
            assertEquals(List.of(), host.mounts());
            assertEquals(3, mille("ps", "-aq").orFail().output().lines().count());
        }

        private JsonObject inspect(String name) throws IOException {
            return JsonParser.parseString(mille("inspect", name).orFail().output())
                    .getAsJsonArray()
                    .get(0)
                    .getAsJsonObject();
        }

        private Path data(String name, String member) throws IOException {
            return Path.of(inspect(name)
                    .getAsJsonObject("GraphDriver")
                    .getAsJsonObject("Data")
                    .get(member)
                    .getAsString());
        }

        private List<String> lowers(String name) throws IOException {
            return List.of(data(name, "LowerDir").toString().split(":", -1));
        }
    }
}
