package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mille.linux.Mounts;
import mille.testkit.MountPoint;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import org.junit.jupiter.api.Test;

/** The mounts that layers lie on: whose other mounts aren't seen, and which need not stay. */
final class LayerMountsTest {
    private static final List<OverlayDriver> BOTH = List.of(OverlayDriver.KERNEL, FuseDriver.OURS);

    @Test
    void whatIsMountedBelowALayerIsNotPartOfIt() throws IOException {
        for (OverlayDriver driver : BOTH) {
            try (OverlayFixture layers = new OverlayFixture(driver, 1)) {
                Path inLower = Files.createDirectory(layers.lower().resolve("in-lower"));
                Path inUpper = Files.createDirectory(layers.upper().resolve("in-upper"));
                Path later = Files.createDirectory(layers.lower().resolve("later"));
                try (MountPoint one = MountPoint.mount("tmpfs", inLower, "tmpfs", 0, "");
                        MountPoint two = MountPoint.mount("tmpfs", inUpper, "tmpfs", 0, "")) {
                    Files.writeString(one.path().resolve("file"), "hidden");
                    Files.writeString(two.path().resolve("file"), "hidden");
                    Path merged = layers.mount();
                    try (MountPoint three = MountPoint.mount("tmpfs", later, "tmpfs", 0, "")) {
                        Files.writeString(three.path().resolve("file"), "hidden");
                        for (String directory : List.of("in-lower", "in-upper", "later")) {
                            assertFalse(Files.exists(merged.resolve(directory).resolve("file")), directory);
                            Files.writeString(merged.resolve(directory).resolve("own"), "own");
                        }
                    }
                    layers.unmount();
                }
                assertTrue(Files.exists(layers.upper().resolve("in-upper/own")));
            }
        }
    }

    @Test
    void upperAndWorkMayLieOnABindMount() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            Path parent = Files.createDirectory(layers.upper().resolve("parent"));
            Path upper = Files.createDirectory(parent.resolve("upper"));
            Path work = Files.createDirectory(parent.resolve("work"));
            Path elsewhere = Files.createDirectory(layers.upper().resolve("elsewhere"));
            try (MountPoint bound = MountPoint.mount(parent.toString(), elsewhere, "none", Mounts.MS_BIND, "")) {
                OverlaySpec spec = OverlaySpec.writable(
                        layers.lowers(),
                        bound.path().resolve("upper"),
                        bound.path().resolve("work"));
                Files.writeString(layers.mount(spec).resolve("file"), "text");
                layers.unmount();
            }
            assertEquals("text", Files.readString(upper.resolve("file")));
            assertTrue(Files.isDirectory(work));
        }
    }
}
