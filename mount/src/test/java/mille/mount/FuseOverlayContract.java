package mille.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.contract.FileSystemContract;
import org.junit.jupiter.api.AutoClose;

/** Our overlay over FUSE is a file system like others; in a directory that two layers hold. */
abstract class FuseOverlayContract extends FileSystemContract {
    @AutoClose
    private final OverlayFixture overlay;

    private final Path root;

    FuseOverlayContract(OverlayDriver driver) throws IOException {
        overlay = new OverlayFixture(driver, 2);
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
