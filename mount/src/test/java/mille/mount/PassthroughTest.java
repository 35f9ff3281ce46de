package mille.mount;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.testkit.Command;
import mille.testkit.OverlayFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How opens of one file that would go different ways get along. */
final class PassthroughTest {
    private static final int LARGE_BYTES = 4 * EagerFiles.SMALL_BYTES;

    private OverlayFixture overlay;
    private Path merged;

    @BeforeEach
    void mount() throws IOException {
        overlay = new OverlayFixture(FuseDriver.OURS, 1);
        Path lower = overlay.lowers().getFirst();
        Files.write(lower.resolve("large"), new byte[LARGE_BYTES]);
        Files.writeString(lower.resolve("small"), "old");
        merged = overlay.mount();
    }

    @AfterEach
    void unmount() throws IOException {
        overlay.close();
    }

    private static String start(FileChannel channel) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(3);
        channel.read(read, 0);
        return new String(read.array(), StandardCharsets.UTF_8);
    }

    private static void write(FileChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    }

    @Test
    void aLargeLowerFileThatIsBeingReadCanBeOpenedToWrite() throws IOException {
        Path file = merged.resolve("large");
        Object inode = Files.getAttribute(file, "unix:ino");
        try (FileChannel reader = FileChannel.open(file)) {
            assertEquals("\0\0\0", start(reader));
            try (FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
                write(writer, "new");
                writer.write(ByteBuffer.allocate(1), LARGE_BYTES);
                try (FileChannel second = FileChannel.open(file)) {
                    assertEquals("new", start(second));
                    assertEquals(LARGE_BYTES + 1, second.size());
                }
            }
            assertEquals("\0\0\0", start(reader)); // as on the kernel's overlay
            assertEquals(inode, Files.getAttribute(file, "unix:ino"));
        }
        try (FileChannel later = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertEquals("new", start(later));
        }
        assertEquals(inode, Files.getAttribute(file, "unix:ino"));
        Files.delete(file);
        Files.writeString(file, "another");
        assertEquals("another", Files.readString(file));
    }

    /** The second open of a small file needs no descriptor, until somebody reads past the page cache. */
    @Test
    void aFileThatWasOpenedFromThePageCacheGivesItsDataWhateverBecameOfIt() throws IOException {
        Path file = merged.resolve("small");
        assertEquals("old", Files.readString(file));
        try (Fd kept = Fd.open(file, O.RDONLY | O.DIRECT)) {
            assertEquals("old", directly(kept));
            assertEquals("old", directly(kept));
        }
        try (Fd beforeWrite = Fd.open(file, O.RDONLY | O.DIRECT);
                Fd beforeUnlink = Fd.open(file, O.RDONLY | O.DIRECT)) {
            Files.writeString(file, "new");
            assertEquals("new", directly(beforeWrite));
            Files.delete(file);
            assertEquals("new", directly(beforeUnlink));
        }
    }

    @Test
    void aLowerFileThatWasOpenedFromThePageCacheOutlivesItsName() throws IOException {
        Path file = merged.resolve("small");
        assertEquals("old", Files.readString(file));
        try (Fd kept = Fd.open(file, O.RDONLY | O.DIRECT)) {
            Files.delete(file);
            assertEquals("old", directly(kept));
        }
    }

    private static String directly(Fd file) throws IOException {
        NativeBuffer into = NativeBuffer.map(4096);
        int got = FileData.readAt(file, into, 4096, 0);
        return new String(into.getBytes(0, got), StandardCharsets.UTF_8);
    }

    @Test
    void whatIsWrittenPastThePageCacheIsReadThroughIt() throws IOException {
        Path file = merged.resolve("small");
        assertEquals("old", Files.readString(file));
        Files.writeString(file, "new");
        assertEquals("new", Files.readString(file));
        Files.writeString(file, "newer still");
        assertEquals("newer still", Files.readString(file));
    }

    @Test
    void aReaderSeesWhatIsWrittenToASmallFileAfterItsCopyUp() throws IOException {
        Path file = merged.resolve("small");
        try (FileChannel reader = FileChannel.open(file)) {
            assertEquals("old", start(reader));
            try (FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
                write(writer, "new");
                assertEquals("new", start(reader));
            }
        }
    }

    @Test
    void aFileThatGrewLargeIsReadWhole() throws IOException {
        Path file = merged.resolve("small");
        assertEquals("old", Files.readString(file));
        byte[] much = new byte[LARGE_BYTES];
        much[LARGE_BYTES - 1] = 7;
        Files.write(file, much);
        assertArrayEquals(much, Files.readAllBytes(file));
        Files.writeString(file, "small again");
        assertEquals("small again", Files.readString(file));
    }

    @Test
    void aUsersWriteTakesSetIdBitsThatCameAfterTheOpen() throws IOException {
        Path file = merged.resolve("program");
        String script = "umask 0; : > $0; chmod 666 $0; mkfifo $0.go $0.done;"
                + " setpriv --reuid=1234 --clear-groups sh -c 'exec 3<>$0; echo > $0.go; read x < $0.done; echo y >&3' $0 &"
                + " read x < $0.go; chmod 6777 $0; echo > $0.done; wait; stat -c %a $0";
        assertEquals("777\n", Command.run("sh", "-ceu", script, file.toString()));
    }
}
