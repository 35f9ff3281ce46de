package mille.testkit.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import org.junit.jupiter.api.AutoClose;

/** The suite asks nothing of an overlay that the kernel's doesn't do. */
final class KernelOverlayContractTest extends FileSystemContract {
    @AutoClose
    private final OverlayFixture overlay = new OverlayFixture(OverlayDriver.KERNEL, 2);

    private final Path root;

    KernelOverlayContractTest() throws IOException {
        Files.createDirectory(overlay.lower().resolve("merged-directory"));
        root = overlay.mount().resolve("merged-directory");
    }

    @Override
    protected Path root() {
        return root;
    }
}
