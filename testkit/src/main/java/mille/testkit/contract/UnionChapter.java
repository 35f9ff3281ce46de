package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import mille.linux.Stat;
import mille.testkit.Aspect;
import mille.testkit.Command;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import mille.testkit.Playground;
import mille.testkit.TreeComparison;
import mille.testkit.TreeSnapshot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * One chapter of the union's contract. A test fills the layers, calls {@link #mount}, and plays with {@link #merged}. After each, whatever it
 * was about, the lowers must be as they were, the work directory empty, and the tree the same after a remount, by the same driver and by the
 * kernel.
 */
abstract class UnionChapter {
    /** Without an index, names of one lower file part when one of them is copied up. */
    private static final Set<Aspect> STABLE = Aspect.allBut(Aspect.HARD_LINK, Aspect.LINK_COUNT);

    private final OverlayDriver driver;
    private OverlayFixture overlay;
    private List<Playground> lowers;
    private Playground upper;
    private @Nullable Playground merged;
    private final List<TreeSnapshot> lowersBefore = new ArrayList<>();
    private @Nullable OverlaySpec spec;

    UnionChapter(OverlayDriver driver) {
        this.driver = driver;
    }

    @BeforeEach
    final void makeLayers() throws IOException {
        overlay = new OverlayFixture(driver, 3);
        lowers = new ArrayList<>();
        for (Path lower : overlay.lowers()) {
            lowers.add(Playground.at(lower));
        }
        upper = Playground.at(overlay.upper());
    }

    final boolean copiesUpAtOpen() {
        return driver.copiesUpAtOpen();
    }

    /** The topmost lower layer. */
    final Playground top() {
        return lowers.get(0);
    }

    final Playground middle() {
        return lowers.get(1);
    }

    final Playground bottom() {
        return lowers.get(2);
    }

    final Playground upper() {
        return upper;
    }

    final Playground merged() {
        if (merged == null) {
            throw new AssertionError("mount first");
        }
        return merged;
    }

    /** Mounts the three lowers, as they are now, with the upper. */
    final void mount(String... options) throws IOException {
        mount(OverlaySpec.writable(overlay.lowers(), overlay.upper(), overlay.work(), options));
    }

    final void mountReadOnly(String... options) throws IOException {
        mount(OverlaySpec.readOnly(overlay.lowers(), options));
    }

    /** Mounts the same once more. */
    final void remount() throws IOException {
        if (spec != null) {
            merged().close();
            merged = Playground.at(overlay.mount(spec));
        }
    }

    private void mount(OverlaySpec wanted) throws IOException {
        for (Path lower : overlay.lowers()) {
            lowersBefore.add(TreeSnapshot.of(lower));
        }
        spec = wanted;
        merged = Playground.at(overlay.mount(wanted));
    }

    static void whiteout(Playground layer, String name) throws IOException {
        layer.mknod(name, Stat.S_IFCHR, 0, 0);
    }

    static void assertWhiteout(Playground layer, String name) throws IOException {
        Stat stat = layer.stat(name);
        assertEquals(Stat.S_IFCHR, stat.type(), name);
        assertEquals(0, stat.rdevice(), name);
    }

    @AfterEach
    final void checkAndRemoveLayers() throws IOException {
        try (OverlayFixture _ = overlay) {
            if (merged != null && spec != null) {
                TreeSnapshot last = TreeSnapshot.of(overlay.merged());
                merged.close();
                overlay.unmount();
                for (int i = 0; i < lowersBefore.size(); i++) {
                    compare(
                            "lower " + i + " must stay as it was",
                            Aspect.ALL,
                            lowersBefore.get(i),
                            overlay.lowers().get(i));
                }
                if (spec.work() != null) {
                    // The kernel keeps one whiteout there, to link from.
                    assertEquals(
                            "",
                            Command.run("find", overlay.work() + "/work", "-mindepth", "1", "!", "-type", "c"),
                            "left in the work directory");
                }
                compare("after a remount", STABLE, last, overlay.mount(spec));
                overlay.unmount();
                try (var _ = OverlayDriver.KERNEL.mount(spec, overlay.merged())) {
                    compare("as the kernel's overlay shows it", STABLE, last, overlay.merged());
                }
            }
        } finally {
            upper.close();
            lowers.forEach(Playground::close);
        }
    }

    private static void compare(String what, Set<Aspect> aspects, TreeSnapshot expected, Path actual)
            throws IOException {
        TreeComparison.of(expected, TreeSnapshot.of(actual), aspects).assertSame(what);
    }
}
