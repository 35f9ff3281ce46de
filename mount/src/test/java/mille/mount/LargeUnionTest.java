package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mille.testkit.Command;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import mille.testkit.Playground;
import mille.testkit.TemporaryFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No limit but the file system's and the process's: many layers, many names, long names, long paths. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LargeUnionTest {

    @ParameterizedTest
    @ValueSource(ints = {500, 5_000})
    void asManyLowersAsOneLikes(int count) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            List<Path> lowers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Path lower = Files.createDirectories(layers.lower().resolve("l" + i));
                Files.writeString(lower.resolve("everywhere"), String.valueOf(i));
                if (i % 100 == 7) {
                    Files.writeString(
                            Files.createDirectory(lower.resolve("some")).resolve("in" + i), "");
                }
                lowers.add(lower);
            }
            Files.writeString(lowers.getLast().resolve("at-the-bottom"), "found");
            try (Playground merged =
                    Playground.at(layers.mount(OverlaySpec.writable(lowers, layers.upper(), layers.work())))) {
                assertEquals("0", merged.read("everywhere"));
                assertEquals("found", merged.read("at-the-bottom"));
                assertEquals(List.of("at-the-bottom", "everywhere", "some"), merged.names("."));
                assertEquals(count / 100, merged.names("some").size());
                merged.append("at-the-bottom", " and changed");
                assertEquals("found and changed", merged.read("at-the-bottom"));
                merged.rename("some", "other");
                assertEquals(count / 100, merged.names("other").size());
            }
        }
    }

    @Test
    void aDirectoryMayHaveAHundredThousandEntries() throws IOException {
        try (TemporaryFileSystem memory = TemporaryFileSystem.tmpfs(256 << 20);
                OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 0)) {
            String make = "mkdir -p \"$1/big\"; cd \"$1/big\"; seq -f \"$2\" 1 50000 | xargs touch";
            List<Path> lowers =
                    List.of(memory.root().resolve("one"), memory.root().resolve("two"));
            for (Path lower : lowers) {
                Command.run("bash", "-euc", make, "make", lower.toString(), lower.getFileName() + "%06g");
            }
            Path merged = layers.mount(OverlaySpec.writable(lowers, layers.upper(), layers.work()));
            Command.run("rm", merged.resolve("big/one000001").toString());
            Files.writeString(merged.resolve("big/three"), "");
            String count = Command.run("bash", "-euc", "ls -U \"$1\" | sort -u | wc -l", "ls", merged + "/big");
            assertEquals("100000", count.strip());
        }
    }

    @Test
    void namesOf255BytesAndPathsOf4095AreReachedInAllLayers() throws IOException {
        String name = "n".repeat(255);
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 2)) {
            StringBuilder path = new StringBuilder();
            for (int depth = 0; depth < 15; depth++) {
                path.append(name).append('/');
            }
            for (Path lower : layers.lowers()) {
                Command.run(
                        "bash",
                        "-euc",
                        "cd \"$1\"; mkdir -p \"$2\"; cd \"$2\"; echo low > file",
                        "",
                        lower.toString(),
                        path.toString());
            }
            try (Playground merged = Playground.at(layers.mount())) {
                String end = path + "m".repeat(4095 - path.length());
                merged.append(path + "file", "more");
                assertEquals("low\nmore", merged.read(path + "file"));
                merged.write(end, "as long as a path can be");
                assertEquals("as long as a path can be", merged.read(end));
                merged.unlink(path + "file");
                merged.rename(name, "short");
                assertEquals(List.of(end.substring(path.length())), merged.names("short" + path.substring(255)));
            }
        }
    }

    @Test
    void dataOnlyLowersServeDataAndShowNoNames() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 3)) {
            Path data = layers.lowers().get(2);
            Files.writeString(data.resolve("content"), "the data");
            Path named = layers.lowers().get(0);
            Files.writeString(named.resolve("seen"), "12345678");
            Command.run("truncate", "-s", "0", named.resolve("seen").toString());
            Command.run("truncate", "-s", "8", named.resolve("seen").toString());
            Command.run(
                    "setfattr",
                    "-n",
                    "trusted.overlay.metacopy",
                    named.resolve("seen").toString());
            Command.run(
                    "setfattr",
                    "-n",
                    "trusted.overlay.redirect",
                    "-v",
                    "/content",
                    named.resolve("seen").toString());
            String lowers = "lowerdir=" + named + ":" + layers.lowers().get(1);
            for (String option : List.of(lowers + "::" + data, lowers + ",datadir+=" + data)) {
                MountOptions options = MountOptions.parse(option + ",metacopy=on,redirect_dir=on,upperdir="
                        + layers.upper() + ",workdir=" + layers.work());
                try (var _ = new FuseMounter().mount(options.overlay(), layers.merged(), options.generic())) {
                    assertEquals("seen\n", Command.run("ls", layers.merged().toString()));
                    assertTrue(Files.readString(layers.merged().resolve("seen")).startsWith("the data"));
                    Command.run("chmod", "600", layers.merged().resolve("seen").toString());
                    assertEquals("the data", Files.readString(layers.merged().resolve("seen")));
                }
            }
            OverlaySpec spec = new OverlaySpec(
                    List.of(named, layers.lowers().get(1)), layers.upper(), layers.work(), List.of("metacopy=on"));
            String kernels = spec.mountData().replace(",upperdir", "::" + data + ",upperdir");
            Command.run(
                    "mount",
                    "-t",
                    "overlay",
                    "overlay",
                    "-o",
                    kernels,
                    layers.merged().toString());
            try {
                assertEquals("the data", Files.readString(layers.merged().resolve("seen")));
            } finally {
                Command.run("umount", layers.merged().toString());
            }
        }
    }
}
