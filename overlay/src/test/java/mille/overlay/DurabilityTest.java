package mille.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.FileName;
import mille.linux.O;
import mille.testkit.TemporaryFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of copies after a power cut, on file systems that are cut off from their disk. */
final class DurabilityTest {
    private static final int FILES = 60;
    private static final long MIB = 1 << 20;

    /** On another file system, whose extents can't be shared. */
    @TempDir
    Path lower;

    @Test
    void afterACrashOfExt4EachCopyIsWhole() throws IOException {
        try (TemporaryFileSystem disk = TemporaryFileSystem.ext4(256 * MIB)) {
            assertEquals(FILES, wholeAfterCrash(disk, Durability.ORDERED));
        }
    }

    @Test
    void afterACrashOfXfsEachCopyIsWhole() throws IOException {
        try (TemporaryFileSystem disk = TemporaryFileSystem.xfs(512 * MIB)) {
            assertEquals(FILES, wholeAfterCrash(disk, Durability.ORDERED));
        }
    }

    @Test
    void withoutAJournalOfItsOwnAnExt4IsSynced() throws IOException {
        try (TemporaryFileSystem disk = TemporaryFileSystem.ext4(256 * MIB, "-O", "^has_journal")) {
            assertEquals(Durability.SYNCED, durability(disk));
        }
    }

    @Test
    void inMemoryThereIsNothingToOrder() throws IOException {
        try (TemporaryFileSystem memory = TemporaryFileSystem.tmpfs(MIB)) {
            assertEquals(Durability.SYNCED, durability(memory));
        }
    }

    /** Which shows that the crash of these tests is one. */
    @Test
    void aVolatileMountLosesData() throws IOException {
        try (TemporaryFileSystem disk = TemporaryFileSystem.ext4(256 * MIB)) {
            assertNotEquals(FILES, wholeAfterCrash(disk, Durability.VOLATILE));
        }
    }

    private static Durability durability(TemporaryFileSystem disk) throws ErrnoException {
        try (Fd root = Fd.open(disk.root(), O.PATH | O.DIRECTORY)) {
            return Durability.of(OverlayOptions.of(List.of(disk.root()), null, null), root);
        }
    }

    /**
     * Copies files of all sizes up, half of them from copies of metadata alone, and cuts the file system off when its journal has them.
     *
     * @return how many of the copies that are seen after that have the lower file's data; all are to be seen
     */
    private int wholeAfterCrash(TemporaryFileSystem disk, Durability expected) throws IOException {
        Path upper = Files.createDirectory(disk.root().resolve("upper"));
        Path work = Files.createDirectory(disk.root().resolve("work"));
        Random random = new Random(16);
        for (int i = 0; i < FILES; i++) {
            byte[] data = new byte[1 + random.nextInt(200_000)];
            random.nextBytes(data);
            Files.write(lower.resolve("file" + i), data);
        }
        OverlayOptions options = OverlayOptions.of(List.of(lower), upper, work).with(OverlayOptions.Feature.METACOPY);
        if (expected == Durability.VOLATILE) {
            options = options.with(OverlayOptions.Feature.VOLATILE);
        }
        Overlay overlay = Overlay.open(options);
        try (Fd top = Fd.open(upper, O.RDONLY | O.DIRECTORY)) {
            assertEquals(expected, Durability.of(options, top));
            for (int i = 0; i < FILES; i++) {
                Entry entry = overlay.lookup(Overlay.ROOT_ID, FileName.of("file" + i));
                assertNotNull(entry);
                if (i % 2 == 0) {
                    overlay.setAttributes(entry.nodeId(), AttributeChange.ofMode(0600), null);
                }
                overlay.open(entry.nodeId(), O.WRONLY).close();
            }
            FileData.sync(top);
            disk.cutOff();
        }
        if (expected == Durability.VOLATILE) {
            assertThrows(ErrnoException.class, overlay::close, "a good end would sync");
        } else {
            overlay.close();
        }
        disk.mountAgain();
        int whole = 0;
        for (int i = 0; i < FILES; i++) {
            byte[] original = Files.readAllBytes(lower.resolve("file" + i));
            whole += Arrays.equals(original, Files.readAllBytes(upper.resolve("file" + i))) ? 1 : 0;
        }
        return whole;
    }
}
