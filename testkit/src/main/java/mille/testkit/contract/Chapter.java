package mille.testkit.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.testkit.Command;
import mille.testkit.Playground;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** One chapter of the contract: each test gets an empty directory of its own on the mount, which is removed afterwards. */
abstract class Chapter {
    private final Path root;
    private Playground here;

    Chapter(Path root) {
        this.root = root;
    }

    /** The directory of this test. */
    final Playground here() {
        return here;
    }

    @BeforeEach
    final void makeDirectory() throws IOException {
        here = Playground.at(Files.createTempDirectory(root, "test"));
        here.chmod(".", 0755);
    }

    @AfterEach
    final void removeDirectory() throws IOException {
        here.close();
        Command.run("rm", "-rf", "--", here.path(".").normalize().toString());
    }
}
