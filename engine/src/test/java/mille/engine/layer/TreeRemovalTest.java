package mille.engine.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.testkit.Command;
import mille.testkit.MountPoint;
import mille.testkit.ScratchDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TreeRemovalTest {
    private ScratchDirectory scratch;
    private Path trash;
    private Path outside;

    @BeforeEach
    void makeDirectories() throws IOException {
        scratch = ScratchDirectory.create();
        trash = scratch.directory("trash");
        outside = scratch.directory("outside");
        Files.writeString(outside.resolve("kept"), "kept");
    }

    @AfterEach
    void removeDirectories() throws IOException {
        assertEquals("kept", Files.readString(outside.resolve("kept")));
        scratch.close();
    }

    @Test
    void symlinksAreRemovedAndNotFollowed() throws IOException {
        Command.run(
                "sh",
                "-ceu",
                "cd $0; ln -s ../outside direct; mkdir -p a/b; ln -s $1 a/b/absolute; touch a/file",
                trash.toString(),
                outside.toString());
        TreeRemoval.empty(trash);
        assertEmpty();
    }

    @Test
    void aTreeDeeperThanAnyPathIsRemoved() throws IOException {
        FileName name = FileName.of("d".repeat(100));
        Fd at = Fd.open(trash, O.RDONLY | O.DIRECTORY);
        for (int depth = 0; depth < 700; depth++) {
            try (Fd parent = at) {
                Names.makeDirectory(parent, name, 0755);
                Names.makeSymlink(new byte[] {'/'}, parent, FileName.of("link"));
                at = parent.openAt(name, O.RDONLY | O.DIRECTORY);
            }
        }
        at.close();

        TreeRemoval.empty(trash);
        assertEmpty();
    }

    @Test
    void whatIsMountedWithinIsNotEntered() throws IOException {
        Path point = scratch.directory("trash/a/mounted");
        try (MountPoint mount = MountPoint.mount("tmpfs", point, "tmpfs", 0, "size=1m")) {
            Files.writeString(mount.path().resolve("file"), "kept");
            ErrnoException busy = assertThrows(ErrnoException.class, () -> TreeRemoval.empty(trash));
            assertEquals(Errno.EBUSY, busy.errno());
            assertTrue(Files.exists(mount.path().resolve("file")));
        }
        TreeRemoval.empty(trash);
        assertEmpty();
    }

    private void assertEmpty() throws IOException {
        try (var left = Files.list(trash)) {
            assertEquals(0, left.count());
        }
    }
}
