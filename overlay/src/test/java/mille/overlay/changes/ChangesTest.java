package mille.overlay.changes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import mille.linux.RelativePath;
import mille.testkit.Aspect;
import mille.testkit.Command;
import mille.testkit.TemporaryFileSystem;
import mille.testkit.TreeSnapshot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The changes are made through the kernel's own overlay, with directories that redirect. */
final class ChangesTest {
    private TemporaryFileSystem disk;
    private List<Path> lowers;
    private Path upper;
    private Path merged;
    private Path before;

    @BeforeEach
    void makeLayers() throws IOException {
        disk = TemporaryFileSystem.tmpfs(64 << 20);
        lowers = List.of(directory("middle"), directory("low"));
        upper = directory("upper");
        merged = directory("merged");
        before = directory("before");
    }

    @AfterEach
    void removeLayers() throws IOException {
        unmount();
        disk.close();
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectory(disk.root().resolve(name));
    }

    private void mount() throws IOException {
        String joined = "lowerdir=" + lowers.stream().map(Path::toString).collect(Collectors.joining(":"));
        Command.run("mount", "-t", "overlay", "overlay", "-o", joined + ",ro", before.toString());
        Path work = directory("work" + System.nanoTime());
        Command.run(
                "mount",
                "-t",
                "overlay",
                "overlay",
                "-o",
                joined + ",upperdir=" + upper + ",workdir=" + work + ",redirect_dir=on,metacopy=off",
                merged.toString());
    }

    private void unmount() throws IOException {
        Command.run("sh", "-c", "umount -q $0 $1 || true", merged.toString(), before.toString());
    }

    private static void in(Path directory, String script) throws IOException {
        Command.run("sh", "-ceu", "cd \"$0\"\n" + script, directory.toString());
    }

    private List<String> changes() throws IOException {
        return Changes.of(upper, lowers, Marks.TRUSTED).stream()
                .map(Change::toString)
                .toList();
    }

    @Test
    void anUntouchedUnionHasNoChanges() throws IOException {
        in(lowers.getLast(), "mkdir a; echo x > a/b");
        mount();
        assertEquals(List.of(), changes());
    }

    @Test
    void aCopyThatIsStillTheSameIsNoChange() throws IOException {
        in(lowers.getLast(), "mkdir a; echo x > a/b");
        mount();
        in(merged, ": >> a/b");
        assertEquals(List.of(), changes());
    }

    @Test
    void everyKindOfChangeHasItsLetter() throws IOException {
        in(lowers.getLast(), """
                mkdir -p d/e gone/deep same mode; echo 1 > d/e/f; echo 1 > gone/deep/x; echo 1 > file; ln -s a link
                echo 1 > cap; mknod dev c 1 3; mkdir was-dir; echo 1 > was-dir/x; echo 1 > was-file
                """);
        in(lowers.getFirst(), "mkdir d; echo 2 > d/top");
        mount();
        in(merged, """
                echo 2 >> d/e/f; rm -r gone; chmod 700 mode; ln -sfn b link; rm file
                setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 cap
                rm -r was-dir; echo 2 > was-dir; rm was-file; mkdir was-file; echo 2 > was-file/y
                mkdir -p new/a; echo 1 > new/a/b; rm dev; mknod dev c 1 5; rm d/top
                """);
        assertEquals(
                List.of(
                        "C /cap",
                        "C /d",
                        "C /d/e",
                        "C /d/e/f",
                        "D /d/top",
                        "C /dev",
                        "D /file",
                        "D /gone",
                        "C /link",
                        "C /mode",
                        "A /new",
                        "A /new/a",
                        "A /new/a/b",
                        "C /was-dir",
                        "C /was-file",
                        "A /was-file/y"),
                changes());
    }

    @Test
    void aDirectoryThatWasMadeAnewLosesWhatItHad() throws IOException {
        in(lowers.getLast(), "mkdir -p d/e; echo 1 > d/one; echo 2 > d/two; touch -d @1000 d/same");
        mount();
        in(merged, "rm -r d; mkdir d; echo 1 > d/new; touch -d @1000 d/same");
        assertEquals(List.of("C /d", "D /d/e", "A /d/new", "D /d/one", "D /d/two"), changes());
    }

    @Test
    void aRenamedDirectoryIsGoneThereAndNewHereWithAllThatIsInIt() throws IOException {
        in(lowers.getLast(), "mkdir -p a/b/c other; echo 1 > a/b/c/x; echo 2 > a/y");
        in(lowers.getFirst(), "mkdir -p a/b; echo 3 > a/b/z");
        mount();
        in(merged, "mv a/b other/moved; mv a renamed; echo 4 > other/moved/c/new; rm other/moved/z");
        assertEquals(
                List.of(
                        "D /a",
                        "C /other",
                        "A /other/moved",
                        "A /other/moved/c",
                        "A /other/moved/c/new",
                        "A /other/moved/c/x",
                        "A /renamed",
                        "A /renamed/y"),
                changes());
    }

    @Test
    void whiteoutsInTheAttributesFormHideToo() throws IOException {
        in(lowers.getLast(), "mkdir d; echo 1 > d/hidden; echo 1 > d/shown");
        in(upper, """
                mkdir d; : > d/hidden; setfattr -n trusted.overlay.whiteout -v y d/hidden
                setfattr -n trusted.overlay.opaque -v x d
                """);
        assertEquals(List.of("C /d", "D /d/hidden"), changes());
    }

    @Test
    void randomChangesAreWhatAComparisonOfBothTreesFinds() throws IOException {
        long seed = new Random().nextLong();
        for (int round = 0; round < 12; round++) {
            Random random = new Random(seed + round);
            scramble(random, lowers.getLast(), 40);
            scramble(random, lowers.getFirst(), 20);
            mount();
            scramble(random, merged, 60);
            SortedMap<String, String> expected = new TreeMap<>();
            compare(
                    "",
                    TreeSnapshot.of(before).entries(),
                    TreeSnapshot.of(merged).entries(),
                    expected);
            assertEquals(List.copyOf(expected.values()), changes(), "seed " + seed + ", round " + round);
            unmount();
            for (Path layer : List.of(upper, lowers.getFirst(), lowers.getLast())) {
                in(layer, "rm -rf -- * .??*");
            }
        }
    }

    /** Random operations, by the same random numbers the same; those that fail, fail. */
    private static void scramble(Random random, Path root, int operations) throws IOException {
        StringBuilder script = new StringBuilder("set +e; exec 2>/dev/null\n");
        for (int i = 0; i < operations; i++) {
            String one = path(random);
            String other = path(random);
            script.append(
                            switch (random.nextInt(11)) {
                                case 0, 1, 2 -> "mkdir -p " + one;
                                case 3, 4 -> "echo " + random.nextInt() + " > " + one;
                                case 5 -> "rm -rf " + one;
                                case 6, 7 -> "mv -T " + one + " " + other;
                                case 8 -> "chmod " + (random.nextBoolean() ? "700 " : "755 ") + one;
                                case 9 -> "ln -s x " + one;
                                default -> "touch -d @" + random.nextInt(3) + " " + one;
                            })
                    .append('\n');
        }
        in(root, script + "true\n");
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder(".");
        for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
            path.append('/').append((char) ('a' + random.nextInt(4)));
        }
        return path.toString();
    }

    /** Docker's rules once more, in the plainest way: over whole trees. */
    private static void compare(
            String path,
            Map<RelativePath, Map<Aspect, String>> then,
            Map<RelativePath, Map<Aspect, String>> now,
            SortedMap<String, String> changes) {
        for (String child : children(path, then, now)) {
            Map<Aspect, String> old = then.get(RelativePath.parse(child));
            Map<Aspect, String> young = now.get(RelativePath.parse(child));
            if (young == null) {
                changes.put(child, "D /" + child);
                continue;
            }
            int count = changes.size();
            if (isDirectory(young)) {
                compare(child, isDirectory(old) ? then : Map.of(), now, changes);
            }
            if (old == null) {
                changes.put(child, "A /" + child);
            } else if (changes.size() > count || differ(old, young)) {
                changes.put(child, "C /" + child);
            }
        }
    }

    private static List<String> children(String path, Map<RelativePath, ?> then, Map<RelativePath, ?> now) {
        List<String> children = new ArrayList<>();
        for (Map<RelativePath, ?> tree : List.of(then, now)) {
            for (RelativePath each : tree.keySet()) {
                String text = each.toString();
                int slash = text.lastIndexOf('/');
                boolean within = !each.isEmpty() && (slash < 0 ? "" : text.substring(0, slash)).equals(path);
                if (within && !children.contains(text)) {
                    children.add(text);
                }
            }
        }
        return children;
    }

    private static boolean isDirectory(@Nullable Map<Aspect, String> entry) {
        return entry != null && "directory".equals(entry.get(Aspect.TYPE));
    }

    private static boolean differ(Map<Aspect, String> old, Map<Aspect, String> young) {
        List<Aspect> aspects = new ArrayList<>(List.of(Aspect.TYPE, Aspect.MODE, Aspect.OWNER, Aspect.DEVICE));
        if (!isDirectory(young)) {
            aspects.addAll(List.of(Aspect.MODIFIED, Aspect.SIZE));
        }
        return aspects.stream().anyMatch(aspect -> {
            String one = old.get(aspect);
            return one == null ? young.get(aspect) != null : !one.equals(young.get(aspect));
        });
    }
}
