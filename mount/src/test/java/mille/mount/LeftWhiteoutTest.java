package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.testkit.Command;
import mille.testkit.OverlayFixture;
import org.junit.jupiter.api.Test;

/** A whiteout where no lower layer has anything to hide: made by hand, or left from when one had. */
final class LeftWhiteoutTest {
    @Test
    void whatIsMadeTakesItsPlace() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            Path upper = Files.createDirectory(layers.upper().resolve("alone"));
            for (String name : new String[] {"file", "directory", "symlink"}) {
                Command.run("mknod", upper.resolve(name).toString(), "c", "0", "0");
            }
            Path alone = layers.mount().resolve("alone");
            assertFalse(Files.exists(alone.resolve("file")));
            Files.writeString(alone.resolve("file"), "text");
            Files.createDirectory(alone.resolve("directory"));
            Files.createSymbolicLink(alone.resolve("symlink"), Path.of("file"));
            assertEquals("text", Files.readString(alone.resolve("symlink")));
            assertTrue(Files.isDirectory(upper.resolve("directory")));
            assertThrows(FileAlreadyExistsException.class, () -> Files.createDirectory(alone.resolve("directory")));
            assertThrows(FileAlreadyExistsException.class, () -> Files.createFile(alone.resolve("symlink")));
        }
    }
}
