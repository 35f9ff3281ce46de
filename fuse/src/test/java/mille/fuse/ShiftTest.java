package mille.fuse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who serves while requests come by {@code /dev/fuse} and follow each other. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ShiftTest {
    private static final String FUTEX = "202";

    @AutoClose
    private final SessionFixture fixture = new SessionFixture();

    @AutoClose("shutdownNow")
    private final ExecutorService callers = Executors.newCachedThreadPool();

    /** So that no request wakes a second one, which would find that the first has taken it. */
    @ParameterizedTest
    @EnumSource
    void oneWorkerTakesThem(FuseSessionTest.Workers where) throws Exception {
        where.mount(fixture, fixture.remembered(), SessionOptions.defaults());
        Path file = Files.createFile(fixture.mounted.resolve("file"));
        List<Path> workers = FuseSessionTest.workers();
        AtomicBoolean seen = new AtomicBoolean();
        Future<?> caller = callers.submit(() -> {
            while (!seen.get()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(0)); // which no cache answers
            }
            return null;
        });
        SessionFixture.await(() -> parked(workers) == workers.size() - 1);
        seen.set(true);
        caller.get();
        SessionFixture.await(() -> parked(workers) == 0);
    }

    /** How many sleep by the JVM's own means, not in a read of the device. */
    private static long parked(List<Path> threads) {
        return threads.stream().filter(ShiftTest::isInFutex).count();
    }

    private static boolean isInFutex(Path thread) {
        try {
            return Files.readString(thread.resolve("syscall")).startsWith(FUTEX + " ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
