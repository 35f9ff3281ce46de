package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import mille.testkit.Command;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A volatile mount leaves a mark for as long as what it wrote may be lost; who finds it doesn't mount. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class VolatileTest {
    private static Path mark(OverlayFixture layers) {
        return layers.work().resolve("work/incompat/volatile");
    }

    @Test
    void theMarkGoesWithACleanEnd() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            Path merged = layers.mount("volatile");
            assertTrue(Files.isDirectory(mark(layers)));
            Files.writeString(merged.resolve("file"), "text");
            layers.unmount();
            assertFalse(Files.exists(mark(layers)));
            assertEquals("text", Files.readString(layers.mount().resolve("file")));
        }
    }

    /** As it is after a crash; the kernel leaves it in any case. */
    @Test
    void whereTheMarkIsLeftNobodyMounts() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(OverlayDriver.KERNEL, 1)) {
            layers.mount("volatile");
            layers.unmount();
            assertTrue(Files.isDirectory(mark(layers)));
            OverlaySpec spec = OverlaySpec.writable(layers.lowers(), layers.upper(), layers.work());
            for (String options : new String[] {"volatile", "rw"}) {
                IOException refused = assertThrows(
                        IOException.class, () -> FuseDriver.OURS.mount(spec.withOptions(options), layers.merged()));
                assertEquals(
                        "workdir " + layers.work() + " was last used by a volatile mount that didn't end well; "
                                + "throw the upperdir and the workdir away",
                        refused.getMessage());
            }
            Command.run("rm", "-r", mark(layers).toString());
            FuseDriver.OURS.mount(spec, layers.merged()).close();
        }
    }
}
