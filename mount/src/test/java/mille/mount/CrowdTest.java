package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import mille.testkit.Aspect;
import mille.testkit.Command;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import mille.testkit.TreeComparison;
import mille.testkit.TreeSnapshot;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Eight processes at the same names of layers' files: none gets an error that the kernel's overlay wouldn't give, what is left is the same for
 * the kernel, and all of it can be removed. {@code crowd.py} can be run by hand for as long as one likes.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CrowdTest {
    private static final String MAKE_LAYERS = """
            cd "$1"
            for dir in . d0 d1 d2 d0/d1 d1/d1 d1/d2 d2/d0; do
              mkdir -p $dir; for name in a b c; do echo "$1 $dir $name" > $dir/$name; done
            done
            ln a d0/d; ln a d1/e; ln b d2/f; mkdir d0/f; echo inner > d0/f/a; head -c 2000000 /dev/urandom > d2/e
            rm -f d0/b; mknod d0/b c 0 0
            """;

    /** All that the kernel's overlay answers to the same crowd; EXDEV where directories of lower layers can't be renamed. */
    private static final Set<String> EXPECTED = Set.of(
            "append EISDIR ENOENT ENOTDIR",
            "chmod ENOENT ENOTDIR",
            "create EEXIST ENOENT ENOTDIR",
            "done OK",
            "exchange EINVAL ENOENT ENOTDIR",
            "keep EISDIR ENOENT ENOTDIR",
            "link EEXIST ENOENT ENOTDIR EPERM",
            "list ENOENT ENOTDIR",
            "mkdir EEXIST ENOENT ENOTDIR",
            "noreplace EEXIST EINVAL ENOENT ENOTDIR",
            "read EISDIR ENOENT ENOTDIR",
            "rename EINVAL EISDIR ENOENT ENOTDIR ENOTEMPTY",
            "replace EINVAL EISDIR ENOENT ENOTDIR ENOTEMPTY",
            "rmdir ENOENT ENOTDIR ENOTEMPTY",
            "setxattr ENOENT ENOTDIR EPERM",
            "stat ENOENT ENOTDIR",
            "symlink EEXIST ENOENT ENOTDIR",
            "truncate EISDIR ENOENT ENOTDIR",
            "unlink EISDIR ENOENT ENOTDIR");

    private static final Set<String> RENAMES = Set.of("rename", "noreplace", "exchange");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "index=on,redirect_dir=on,metacopy=off",
                "index=on,redirect_dir=on,metacopy=on",
                "index=off,redirect_dir=off,metacopy=off"
            })
    void aCrowdSeesWhatTheKernelWouldShowIt(String options) throws IOException {
        long seed = ThreadLocalRandom.current().nextInt(1_000_000);
        for (int round = 0; round < 2; round++) {
            try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 2)) {
                for (Path lower : layers.lowers()) {
                    Command.run("bash", "-euc", MAKE_LAYERS, "make", lower.toString());
                }
                assertNothingStrange(play(layers.mount(options), seed + round), options, seed + round);
                assertKernelAgrees(layers, options, seed + round);
                Path merged = layers.mount(options);
                Command.run("find", merged.toString(), "-mindepth", "1", "-delete");
                assertEquals("", Command.run("ls", "-A", merged.toString()), "seed " + seed);
            }
        }
    }

    private static String play(Path merged, long seed) throws IOException {
        Path script = Files.createTempFile("crowd", ".py");
        try (InputStream source = Objects.requireNonNull(CrowdTest.class.getResourceAsStream("crowd.py"), "crowd.py")) {
            Files.write(script, source.readAllBytes());
            return Command.attempt(
                            Duration.ofSeconds(30),
                            "python3",
                            script.toString(),
                            merged.toString(),
                            "1.0",
                            "8",
                            String.valueOf(seed))
                    .orFail()
                    .output();
        } finally {
            Files.delete(script);
        }
    }

    private static void assertNothingStrange(String failures, String options, long seed) {
        List<String> strange = failures.lines()
                .filter(line -> {
                    String[] words = line.split(" ", -1);
                    boolean crosses = words[1].equals("EXDEV")
                            && RENAMES.contains(words[0])
                            && options.contains("redirect_dir=off");
                    return !crosses
                            && EXPECTED.stream()
                                    .noneMatch(each ->
                                            List.of(each.split(" ", -1)).containsAll(List.of(words[0], words[1])));
                })
                .toList();
        assertEquals(List.of(), strange, "seed " + seed + " with " + options);
    }

    private static void assertKernelAgrees(OverlayFixture layers, String options, long seed) throws IOException {
        TreeSnapshot left = TreeSnapshot.of(layers.merged());
        layers.unmount();
        OverlaySpec spec = OverlaySpec.writable(layers.lowers(), layers.upper(), layers.work(), options.split(",", -1));
        try (var _ = OverlayDriver.KERNEL.mount(spec, layers.merged())) {
            TreeComparison.of(
                            left, TreeSnapshot.of(layers.merged()), Aspect.allBut(Aspect.HARD_LINK, Aspect.LINK_COUNT))
                    .assertSame("the kernel's overlay, seed " + seed + " with " + options);
        }
    }
}
