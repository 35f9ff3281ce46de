package mille.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import mille.linux.FileName;
import mille.linux.O;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording and the counters hold of copy-ups. */
@NullMarked
final class CopyUpEventTest {
    @TempDir
    Path scratch;

    @Test
    void eachNodeThatIsCopiedUpIsRecordedWithItsPathAndData() throws IOException {
        Path lower = Files.createDirectories(scratch.resolve("lower"));
        Files.createDirectory(lower.resolve("sub"));
        Files.writeString(lower.resolve("sub/file"), "data");
        OverlayOptions options = OverlayOptions.of(
                List.of(lower),
                Files.createDirectories(scratch.resolve("upper")),
                Files.createDirectories(scratch.resolve("work")));
        Path file = scratch.resolve("recording.jfr");
        try (Overlay overlay = Overlay.open(options);
                Recording recording = new Recording()) {
            recording.start();
            Entry sub = Objects.requireNonNull(overlay.lookup(Overlay.ROOT_ID, FileName.of("sub")));
            Entry found = Objects.requireNonNull(overlay.lookup(sub.nodeId(), FileName.of("file")));
            overlay.open(found.nodeId(), O.RDONLY).close();
            overlay.open(found.nodeId(), O.RDWR).close();
            overlay.open(found.nodeId(), O.RDWR).close();
            recording.stop();
            recording.dump(file);
            assertEquals(2, overlay.statistics().copyUps().count());
            assertEquals(4, overlay.statistics().copyUps().bytes());
        }
        assertEquals(
                List.of("/sub 0 nothing", "/sub/file 4 in_kernel"),
                RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().equals("mille.CopyUp"))
                        .map(event -> event.getString("path") + " " + event.getLong("bytes") + " "
                                + event.getString("how").replace("cloned", "in_kernel")) // as the disk has it
                        .toList());
    }
}
