package mille.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.contract.FileSystemContract;
import org.junit.jupiter.api.AutoClose;

/** Our overlay over FUSE is a file system like others; in a directory that two layers hold. */
class FuseOverlayContractTest extends FileSystemContract {
    @AutoClose
    private final OverlayFixture overlay = new OverlayFixture(driver(), 2);

    private final Path root;

    FuseOverlayContractTest() throws IOException {
        for (Path lower : overlay.lowers()) {
            Files.createDirectory(lower.resolve("merged-directory"));
        }
        root = overlay.mount().resolve("merged-directory");
    }

    /** What mounts. */
    OverlayDriver driver() {
        return FuseDriver.OURS;
    }

    @Override
    protected Path root() {
        return root;
    }
}
