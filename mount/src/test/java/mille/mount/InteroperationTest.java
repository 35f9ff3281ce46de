package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mille.testkit.Aspect;
import mille.testkit.Command;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import mille.testkit.TreeComparison;
import mille.testkit.TreeSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one overlay leaves on disk the other shows alike: ours and the kernel's, with each feature that has a format of its own. */
final class InteroperationTest {
    private static final String MAKE_LAYERS = """
            cd "$1"
            echo one > linked; ln linked linked-too; mkdir dir; ln linked dir/linked-three
            mkdir -p dir/deep/deeper; echo low > dir/deep/deeper/file; echo side > dir/side
            mkdir gone; echo g > gone/inside; mkdir emptied; echo e > emptied/only
            head -c 300000 /dev/urandom > big; echo plain > plain; echo moved > moved; chmod 640 big
            ln -s plain symlink; mkfifo pipe; setfattr -n user.kept -v yes plain
            mkdir stays; echo s > stays/file
            """;

    private static final String CHANGE = """
            cd "$1"
            echo two >> linked; rm linked-too
            mv dir renamed 2>/dev/null || { mkdir renamed; echo x > renamed/x; }
            [ -d renamed/deep ] && mv renamed/deep deep-elsewhere
            rm -r gone; mkdir gone; echo new > gone/new
            rm emptied/only; rmdir emptied
            chmod 600 big; setfattr -n user.more -v x plain; mv moved moved-away; ln plain plain-too
            echo fresh > fresh; mkdir fresh-dir; mv moved-away fresh-dir/; rm pipe
            touch -d '2001-02-03 04:05:06.789' symlink -h
            mkdir full; echo f > full/file; ! mv -T stays full 2>/dev/null
            """;

    private static final List<String> FEATURES = List.of(
            "redirect_dir=off,index=off,metacopy=off",
            "redirect_dir=on,index=on,metacopy=off",
            "redirect_dir=on,index=on,metacopy=on",
            "index=off,userxattr",
            "redirect_dir=on,nfs_export=on");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void theKernelShowsWhatWeLeave(int features) throws IOException {
        assertSameTree(FuseDriver.OURS, OverlayDriver.KERNEL, FEATURES.get(features));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void weShowWhatTheKernelLeaves(int features) throws IOException {
        assertSameTree(OverlayDriver.KERNEL, FuseDriver.OURS, FEATURES.get(features));
    }

    /** Both leave the same disk, byte for byte in the overlay's own attributes; file handles differ from run to run and aren't compared. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void bothLeaveTheSameDisk(int features) throws IOException {
        TreeSnapshot ours = diskLeftBy(FuseDriver.OURS, FEATURES.get(features));
        TreeSnapshot kernels = diskLeftBy(OverlayDriver.KERNEL, FEATURES.get(features));
        // How many whiteouts share one inode is nobody's business; new files have the time of their run.
        TreeComparison.of(
                        kernels,
                        ours,
                        Aspect.allBut(Aspect.MODIFIED, Aspect.CONTENT, Aspect.HARD_LINK, Aspect.LINK_COUNT))
                .assertSame("the upper directory with " + FEATURES.get(features));
    }

    @Test
    void whatTakesNoUserAttributesIsCopiedUpAllTheSame() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            shell("cd $1; ln -s x link; ln link again; mkfifo pipe; ln pipe pipe-too", layers.lower());
            shell("cd $1; chown -h 1 link; chown 1 pipe; rm again", layers.mount("userxattr", "index=on"));
            assertEquals(
                    "1\n1\n0\n",
                    Command.run(
                            "bash",
                            "-euc",
                            "cd $1; stat -c %u link pipe pipe-too",
                            "",
                            layers.merged().toString()));
        }
    }

    @Test
    void eachKeepsTheUuidThatTheOtherGaveAnUpperDirectory() throws IOException {
        for (OverlayDriver maker : List.of(OverlayDriver.KERNEL, FuseDriver.OURS)) {
            try (OverlayFixture layers = new OverlayFixture(maker, 1)) {
                layers.mount("uuid=on");
                layers.unmount();
                String made = uuidKeptBy(layers.upper());
                assertEquals(2 + 32, made.length(), made);
                OverlaySpec spec = OverlaySpec.writable(layers.lowers(), layers.upper(), layers.work(), "uuid=on");
                Set<String> ids = new HashSet<>();
                for (OverlayDriver driver : List.of(FuseDriver.OURS, OverlayDriver.KERNEL, OverlayDriver.KERNEL)) {
                    try (var _ = driver.mount(spec, layers.merged())) {
                        String merged = layers.merged().toString();
                        assertEquals("", Command.run("getfattr", "-d", "-m", "-", merged));
                        if (driver.equals(OverlayDriver.KERNEL)) {
                            ids.add(Command.run("stat", "-f", "-c", "%i", merged));
                        }
                    }
                    assertEquals(made, uuidKeptBy(layers.upper()));
                }
                assertEquals(1, ids.size(), ids.toString());
            }
        }
    }

    /** In hexadecimal digits. */
    private static String uuidKeptBy(Path upper) throws IOException {
        String kept = Command.run("getfattr", "-e", "hex", "-n", "trusted.overlay.uuid", upper.toString());
        return kept.substring(kept.indexOf("0x")).strip();
    }

    @Test
    void anIndexBelongsToItsDirectories() throws IOException {
        for (OverlayDriver maker : List.of(OverlayDriver.KERNEL, FuseDriver.OURS)) {
            try (OverlayFixture layers = new OverlayFixture(maker, 2)) {
                shell(MAKE_LAYERS, layers.lowers().getLast());
                shell(CHANGE, layers.mount("index=on"));
                layers.unmount();
                List<Path> swapped = layers.lowers().reversed();
                OverlaySpec spec = OverlaySpec.writable(swapped, layers.upper(), layers.work(), "index=on");
                for (OverlayDriver driver : List.of(OverlayDriver.KERNEL, FuseDriver.OURS)) {
                    assertThrows(IOException.class, () -> driver.mount(spec, layers.merged()));
                    driver.mount(spec.withOptions("index=off"), layers.merged()).close();
                }
                FuseDriver.OURS.mount(spec.withOptions(), layers.merged()).close();
            }
        }
    }

    /**
     * With {@code nfs_export=on} the kernel has all that it copies up in the index, which we mind but don't do. It takes the index entry of a
     * file with one name for a name when it is mounted again, and has a copy's own number where there is no entry: neither is compared then.
     */
    @Test
    void exportedLayersAreChangedByTurns() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(OverlayDriver.KERNEL, 2)) {
            shell(MAKE_LAYERS, layers.lowers().getLast());
            OverlaySpec spec = OverlaySpec.writable(
                    layers.lowers(), layers.upper(), layers.work(), "redirect_dir=on", "nfs_export=on");
            changeAndCompare(spec, layers, OverlayDriver.KERNEL, FuseDriver.OURS, CHANGE);
            changeAndCompare(spec, layers, FuseDriver.OURS, OverlayDriver.KERNEL, """
                    cd "$1"; rm big fresh-dir/moved-away plain; mv renamed again; rm -r gone emptied 2>/dev/null || true
                    ln fresh fresh-too; mv stays/file deep-elsewhere/; rmdir stays; echo x >> linked; rm linked
                    """);
            changeAndCompare(spec, layers, OverlayDriver.KERNEL, FuseDriver.OURS, """
                    cd "$1"; mv again once-more; rm plain-too; echo new > plain; ln symlink symlink-too; rm -r deep-elsewhere
                    """);
        }
    }

    private static void changeAndCompare(
            OverlaySpec spec, OverlayFixture layers, OverlayDriver changer, OverlayDriver reader, String change)
            throws IOException {
        TreeSnapshot left;
        List<Long> inodes;
        try (var _ = changer.mount(spec, layers.merged())) {
            shell(change, layers.merged());
            left = TreeSnapshot.of(layers.merged());
            inodes = inodes(layers.merged());
        }
        try (var _ = reader.mount(spec, layers.merged())) {
            boolean isKernel = reader.equals(OverlayDriver.KERNEL);
            Set<Aspect> aspects = isKernel ? Aspect.allBut(Aspect.HARD_LINK, Aspect.LINK_COUNT) : Aspect.ALL;
            TreeComparison.of(left, TreeSnapshot.of(layers.merged()), aspects).assertSame("the other overlay");
            if (!isKernel) {
                assertEquals(inodes, inodes(layers.merged()), "inode numbers");
            }
        }
    }

    /** Without an index such a name's copy of metadata has no origin: its mark alone says that its data is below. */
    @Test
    void namesOfOneLowerFileKeepTheirDataWithoutAnIndex() throws IOException {
        List<OverlayDriver> both = List.of(OverlayDriver.KERNEL, FuseDriver.OURS);
        for (OverlayDriver maker : both) {
            try (OverlayFixture layers = new OverlayFixture(maker, 1)) {
                shell("cd $1; mkdir dir; echo data > dir/one; ln dir/one dir/two", layers.lower());
                OverlaySpec spec = OverlaySpec.writable(
                        layers.lowers(), layers.upper(), layers.work(), "index=off", "redirect_dir=on", "metacopy=on");
                shell("cd $1; mv dir/one moved; chmod 600 dir/two", layers.mount(spec));
                layers.unmount();
                shell("getfattr -n trusted.overlay.metacopy $1/moved $1/dir/two", layers.upper());
                for (OverlayDriver reader : both) {
                    try (var _ = reader.mount(spec, layers.merged())) {
                        assertEquals("data\n", Files.readString(layers.merged().resolve("moved")));
                        assertEquals("data\n", Files.readString(layers.merged().resolve("dir/two")));
                    }
                }
            }
        }
    }

    @Test
    void filesThatAreProtectedByOneAreSoByTheOther() throws IOException {
        List<OverlayDriver> both = List.of(OverlayDriver.KERNEL, FuseDriver.OURS);
        for (int maker = 0; maker < 2; maker++) {
            OverlayDriver other = both.get(1 - maker);
            try (OverlayFixture layers = new OverlayFixture(both.get(maker), 1)) {
                shell("cd $1; echo x > fixed; echo x > grows; chattr +i fixed; chattr +a grows", layers.mount());
                layers.unmount();
                OverlaySpec spec = OverlaySpec.writable(layers.lowers(), layers.upper(), layers.work());
                try (var _ = other.mount(spec, layers.merged())) {
                    shell("cd $1; ! rm -f fixed; ! echo y > grows; echo y >> grows", layers.merged());
                    shell("cd $1; chattr -i fixed; rm fixed; lsattr grows | grep -q a", layers.merged());
                }
            }
        }
    }

    /** It is copied up for the name that was seen first, in another directory. */
    @Test
    void aFilesSecondNameLeavesADirectoryThatALowerLayerHas() throws IOException {
        for (OverlayDriver driver : List.of(OverlayDriver.KERNEL, FuseDriver.OURS)) {
            try (OverlayFixture layers = new OverlayFixture(driver, 1)) {
                shell("cd $1; mkdir -p given/below; echo text >first; ln first given/below/second", layers.lower());
                shell("cd $1; stat first; mv given/below/second given/moved", layers.mount("index=on"));
                assertEquals("text\n", Files.readString(layers.merged().resolve("given/moved")));
                assertFalse(Files.exists(layers.merged().resolve("given/below/second")));
                assertEquals(
                        Files.getAttribute(layers.merged().resolve("first"), "unix:ino"),
                        Files.getAttribute(layers.merged().resolve("given/moved"), "unix:ino"));
            }
        }
    }

    @Test
    void withoutFileHandlesThereIsNoIndex() throws IOException {
        try (OverlayFixture below = new OverlayFixture(OverlayDriver.KERNEL, 1);
                OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            Files.writeString(below.lower().resolve("one"), "one");
            Files.createLink(below.lower().resolve("two"), below.lower().resolve("one"));
            Path lower = below.mount(OverlaySpec.writable(below.lowers(), below.upper(), below.work(), "index=off"));
            layers.mount(OverlaySpec.writable(List.of(lower), layers.upper(), layers.work(), "index=on"));
            Files.writeString(layers.merged().resolve("one"), "more");
            assertEquals("one", Files.readString(layers.merged().resolve("two")));
            assertFalse(Files.exists(layers.work().resolve("index")));
        }
    }

    private static void assertSameTree(OverlayDriver first, OverlayDriver second, String features) throws IOException {
        String[] options = features.split(",", -1);
        try (OverlayFixture layers = new OverlayFixture(first, 2)) {
            shell(MAKE_LAYERS, layers.lowers().getLast());
            shell(CHANGE, layers.mount(options));
            TreeSnapshot left = TreeSnapshot.of(layers.merged());
            List<Long> inodes = inodes(layers.merged());
            layers.unmount();
            Path other = Files.createTempDirectory("mille-other");
            OverlaySpec spec = OverlaySpec.writable(layers.lowers(), layers.upper(), layers.work(), options);
            try (var _ = second.mount(spec, other)) {
                TreeComparison.of(left, TreeSnapshot.of(other), EnumSet.allOf(Aspect.class))
                        .assertSame("the other overlay with " + features);
                // A symlink doesn't take userxattr, so that its copy doesn't know its origin; and for an exported mount
                // the kernel wants an index entry to believe one.
                boolean forgets = features.contains("userxattr")
                        || (features.contains("nfs_export") && second.equals(OverlayDriver.KERNEL));
                if (!forgets) {
                    assertEquals(inodes, inodes(other), "inode numbers");
                }
            } finally {
                Files.delete(other);
            }
        }
    }

    private static TreeSnapshot diskLeftBy(OverlayDriver driver, String features) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(driver, 2)) {
            shell(MAKE_LAYERS, layers.lowers().getLast());
            shell(CHANGE, layers.mount(features.split(",", -1)));
            layers.unmount();
            return TreeSnapshot.of(
                    layers.upper(),
                    (name, value) -> name.toString().endsWith(".origin")
                                    || name.toString().endsWith(".uuid")
                            ? null
                            : TreeSnapshot.readable(value));
        }
    }

    private static List<Long> inodes(Path root) throws IOException {
        String listed = Command.run("find", root.toString(), "-mindepth", "1", "-printf", "%P %i\n");
        return listed.lines()
                .sorted()
                .map(line -> Long.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                .toList();
    }

    private static void shell(String script, Path directory) throws IOException {
        Command.run("bash", "-euc", script, "script", directory.toString());
    }
}
