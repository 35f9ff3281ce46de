package mille.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.testkit.Command;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that wait: locks that are asked of the file system, signals to who waits, a server that takes over. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class InterruptTest {
    @AutoClose
    private final SessionFixture fixture = new SessionFixture();

    private final List<PendingReply> waiting = new CopyOnWriteArrayList<>();

    /** A lock that somebody else always holds. */
    private Path mountWithLocks() throws IOException {
        fixture.mount(
                new PassthroughFileSystem(fixture.shown, 0) {
                    @Override
                    public void setLock(FileRequest.Lock request, Reply reply) {
                        reply.fail(Errno.EAGAIN);
                    }

                    @Override
                    public void setLockWaiting(FileRequest.Lock request, Reply.Later reply) {
                        PendingReply later = reply.later();
                        later.onInterrupt(() -> later.fail(Errno.EINTR));
                        waiting.add(later);
                    }
                },
                Capability.FLOCK_LOCKS);
        return Files.createFile(fixture.mounted.resolve("file"));
    }

    @Test
    void whoDoesNotWaitForALockIsRefused() throws IOException {
        Path file = mountWithLocks();
        assertEquals(
                1,
                Command.attempt(Duration.ofSeconds(30), "flock", "-n", file.toString(), "true")
                        .exitCode());
    }

    @Test
    void manyWaitForLocksWhileOthersAreServed() throws Exception {
        Path file = mountWithLocks();
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) { // more than there are workers
            processes.add(new ProcessBuilder("flock", file.toString(), "true").start());
        }
        SessionFixture.await(() -> waiting.size() == processes.size());
        Files.writeString(fixture.mounted.resolve("other"), "served");
        waiting.forEach(PendingReply::succeed);
        for (Process process : processes) {
            assertEquals(0, process.waitFor());
        }
    }

    @Test
    void whoWaitsForALockCanBeKilled() throws Exception {
        Path file = mountWithLocks();
        Process process = new ProcessBuilder("flock", file.toString(), "true").start();
        SessionFixture.await(() -> !waiting.isEmpty());
        process.destroyForcibly();
        assertEquals(128 + 9, process.waitFor());
    }

    @Test
    void aServerThatTakesOverAnswersWhatTheLastOneLeft() throws Exception {
        Files.writeString(fixture.shown.resolve("file"), "still here");
        SessionOptions options = SessionOptions.defaults().withCapabilities(Set.of(Capability.HAS_RESEND));
        Fd device = Device.open();
        FuseMount mount = FuseMount.attach(device, fixture.mounted, FuseMountOptions.of("test"));
        Negotiated negotiated = Handshake.perform(device, options, false);

        // The first server takes a request and is never heard of again.
        Process caller =
                new ProcessBuilder("cat", fixture.mounted.resolve("file").toString()).start();
        Exchange taken = Exchange.ofMessages(negotiated.transferBytes());
        int length = FileData.tryRead(device, taken.inBuffer, (int) taken.inBuffer.sizeBytes());
        assertEquals(length, taken.headerInt(Wire.InHeader.LEN));

        AtomicBoolean resent = new AtomicBoolean();
        fixture.keep(FuseSession.resume(
                new PassthroughFileSystem(fixture.shown, 0) {
                    @Override
                    public void lookup(Request.Named request, Reply.Entry reply) throws ErrnoException {
                        resent.compareAndSet(false, request.isResent());
                        super.lookup(request, reply);
                    }

                    @Override
                    public void getAttributes(Request.AttributeQuery request, Reply.Attributes reply)
                            throws ErrnoException {
                        resent.compareAndSet(false, request.isResent());
                        super.getAttributes(request, reply);
                    }
                },
                mount.target(),
                List.of(device),
                negotiated,
                options));
        assertEquals("still here", new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(0, caller.waitFor());
        assertTrue(resent.get());
    }
}
