package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import mille.linux.Mounts;
import mille.linux.Stat;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.Playground;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reading stamps with each of the mount's options: on our mount what it does on the kernel's, in the merged tree and on disk. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AccessTimesTest {
    private static final List<String> KINDS = List.of("dir", "small", "large", "link");
    private static final Stat.Time LONG_AGO = new Stat.Time(1_000_000_000, 0);

    /** Later than any change, so that {@code relatime} takes it for a stamp that is still good. */
    private static final Stat.Time NOT_YET = new Stat.Time(4_000_000_000L, 0);

    private static final OverlayDriver KERNEL = (spec, merged) -> {
        MountOptions options = MountOptions.parse(spec.mountData());
        return new KernelMounter().mount(options.overlay(), merged, options.generic())::close;
    };

    private static final Map<String, OverlayDriver> OURS = Map.of(
            "eager", FuseDriver.OURS,
            "lazy", FuseDriver.LAZY,
            "passing all", FuseDriver.PASSING_ALL,
            "passing none", FuseDriver.PASSING_NONE);

    /** Whatever the mount says that the layers lie on. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "relatime",
                "noatime",
                "nodiratime",
                "strictatime",
                "strictatime,nodiratime",
                "noatime,relatime",
                "ro"
            })
    void firstReadsLeaveTheKernelsStamps(String option) throws IOException {
        for (int ofLayers : new int[] {0, Mounts.MOUNT_ATTR_NOATIME, Mounts.MOUNT_ATTR_STRICTATIME}) {
            List<String> kernels = firstReads(KERNEL, option, ofLayers);
            for (var ours : OURS.entrySet()) {
                assertEquals(kernels, firstReads(ours.getValue(), option, ofLayers), ours.getKey());
            }
        }
    }

    /** What is in the kernel's cache already, and was changed since. */
    @ParameterizedTest
    @ValueSource(strings = {"relatime", "noatime", "nodiratime", "strictatime"})
    void whatIsReadAgainAfterAChangeIsStampedAgain(String option) throws IOException {
        List<String> kernels = readsAgain(KERNEL, option);
        assertEquals(kernels, readsAgain(FuseDriver.OURS, option));
        assertEquals(kernels, readsAgain(FuseDriver.PASSING_ALL, option));
    }

    private static List<String> firstReads(OverlayDriver driver, String option, int ofLayers) throws IOException {
        List<String> stamps = new ArrayList<>();
        try (OverlayFixture layers = new OverlayFixture(driver, 1);
                Playground upper = Playground.at(layers.upper());
                Playground lower = Playground.at(layers.lower())) {
            Mounts.setAttributes(
                    Objects.requireNonNull(layers.upper().getParent()),
                    ofLayers,
                    Mounts.MOUNT_ATTR__ATIME,
                    Mounts.Reach.MOUNT);
            fill(upper, "upper-");
            fill(lower, "lower-");
            for (Stat.Time accessed : List.of(LONG_AGO, NOT_YET)) {
                for (String kind : KINDS) {
                    upper.utimes("upper-" + kind, accessed, LONG_AGO);
                    lower.utimes("lower-" + kind, accessed, LONG_AGO);
                }
                try (Playground merged = Playground.at(layers.mount(option.split(",", -1)))) {
                    for (String kind : KINDS) {
                        stamps.add(reading(merged, "upper-" + kind, upper));
                        stamps.add(reading(merged, "lower-" + kind, lower));
                    }
                }
                layers.unmount();
            }
        }
        return stamps;
    }

    private static List<String> readsAgain(OverlayDriver driver, String option) throws IOException {
        List<String> stamps = new ArrayList<>();
        try (OverlayFixture layers = new OverlayFixture(driver, 1);
                Playground upper = Playground.at(layers.upper())) {
            fill(upper, "");
            try (Playground merged = Playground.at(layers.mount(option))) {
                for (String kind : List.of("dir", "small", "large")) {
                    read(merged, kind);
                    merged.write(kind.equals("dir") ? "dir/new" : kind, "changed");
                    merged.utimes(kind, LONG_AGO, null);
                    stamps.add(reading(merged, kind, upper));
                }
            }
        }
        return stamps;
    }

    private static void fill(Playground layer, String prefix) throws IOException {
        layer.mkdir(prefix + "dir");
        layer.write(prefix + "dir/file", "text");
        layer.write(prefix + "small", "text");
        layer.write(prefix + "large", "x".repeat(EagerFiles.SMALL_BYTES * 2));
        layer.symlink("target", prefix + "link");
    }

    /** Reads what the kernel has attributes of already, and says what came of it. */
    private static String reading(Playground merged, String name, Playground layer) throws IOException {
        Stat before = merged.stat(name);
        read(merged, name);
        return name + " of " + (before.accessed().equals(NOT_YET) ? "not yet" : "long ago")
                + (merged.stat(name).accessed().equals(before.accessed()) ? ", not stamped" : ", stamped")
                + (layer.stat(name).accessed().equals(before.accessed()) ? ", not on disk" : ", on disk");
    }

    private static void read(Playground merged, String name) throws IOException {
        Stat stat = merged.stat(name);
        if (stat.isSymlink()) {
            merged.readlink(name);
        } else if (stat.isDirectory()) {
            merged.names(name);
        } else {
            merged.read(name);
        }
    }
}
