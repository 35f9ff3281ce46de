package mille.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.testkit.OverlayFixture;
import mille.testkit.contract.FileSystemContract;
import org.junit.jupiter.api.AutoClose;

/** Our overlay over FUSE is a file system like others; in a directory that two layers hold. */
final class FuseOverlayContractTest extends FileSystemContract {
    @AutoClose
    private final OverlayFixture overlay = new OverlayFixture(FuseDriver.OURS, 2);

    private final Path root;

    FuseOverlayContractTest() throws IOException {
        for (Path lower : overlay.lowers()) {
            Files.createDirectory(lower.resolve("merged-directory"));
        }
        root = overlay.mount().resolve("merged-directory");
    }

    @Override
    protected Path root() {
        return root;
    }
}
