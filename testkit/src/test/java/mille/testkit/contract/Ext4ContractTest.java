package mille.testkit.contract;

import java.io.IOException;
import java.nio.file.Path;
import mille.testkit.TemporaryFileSystem;
import org.junit.jupiter.api.AutoClose;

/** The suite is right about what any file system does: ext4 passes it. */
final class Ext4ContractTest extends FileSystemContract {
    @AutoClose
    private final TemporaryFileSystem ext4 = TemporaryFileSystem.ext4(256 << 20);

    Ext4ContractTest() throws IOException {}

    @Override
    protected Path root() {
        return ext4.root();
    }
}
