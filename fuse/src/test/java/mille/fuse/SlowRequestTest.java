package mille.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording holds of requests. */
final class SlowRequestTest {
    private static final String EVENT = "mille.SlowRequest";
    private static final long LONG_NANOS = 20_000_000;

    @TempDir
    private Path directory;

    private final Exchange exchange = Exchange.ofMessages(65536);
    private final FuseFileSystem fileSystem = new FuseFileSystem() {
        @Override
        public void removeDirectory(Request.Named request, Reply reply) throws ErrnoException {
            long end = System.nanoTime() + LONG_NANOS;
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(LONG_NANOS);
            }
            throw new ErrnoException(Errno.ENOTEMPTY, "removing");
        }
    };
    private final Dispatcher dispatcher =
            new Dispatcher(fileSystem, exchange, new Negotiated(38, 0, 65536), new Interrupts(), (unique, error) -> {});

    private void dispatch() {
        Message message = new Message(exchange, Opcode.RMDIR.code()).withName("name");
        dispatcher.dispatch(message.length(), System.nanoTime());
    }

    private List<RecordedEvent> recorded(Recording recording) throws IOException {
        recording.stop();
        Path file = directory.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(EVENT))
                .toList();
    }

    @Test
    void aRequestThatTookLongIsRecordedByDefault() throws IOException {
        try (Recording recording = new Recording()) {
            recording.start();
            dispatch();
            List<RecordedEvent> events = recorded(recording);
            assertEquals(1, events.size());
            RecordedEvent event = events.getFirst();
            assertEquals("RMDIR", event.getString("opcode"));
            assertEquals(Message.NODE, event.getLong("node"));
            assertEquals(Errno.ENOTEMPTY.code(), event.getInt("errorCode"));
            assertTrue(event.getDuration().toNanos() >= LONG_NANOS);
        }
    }

    @Test
    void whatIsLongIsForTheRecordingToSay() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable(EVENT).withThreshold(Duration.ofHours(1));
            recording.start();
            dispatch();
            assertEquals(List.of(), recorded(recording));
        }
    }
}
