package mille.oci.registry;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends a body that doesn't come any further: {@code java.net.http} waits for its next bytes forever. A read that waits for longer than the
 * timeout fails; whoever reads slowly himself is not to blame.
 */
final class StallGuard implements Closeable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("registry-stall-guard").factory());
    private final Duration timeout;

    StallGuard(Duration timeout) {
        this.timeout = timeout;
    }

    InputStream watch(InputStream body) {
        return new Watched(body);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private final class Watched extends FilterInputStream {
        private static final long NOT_READING = Long.MAX_VALUE;

        private final Future<?> check;
        private volatile long readingSinceNanos = NOT_READING;
        private volatile boolean stalled;

        Watched(InputStream body) {
            super(body);
            long periodNanos = Math.max(1, timeout.toNanos() / 4);
            this.check = clock.scheduleWithFixedDelay(this::endStalled, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
        }

        private void endStalled() {
            long since = readingSinceNanos;
            if (since != NOT_READING && System.nanoTime() - since > timeout.toNanos()) {
                stalled = true;
                try {
                    close(); // the waiting read returns
                } catch (IOException e) {
                    // The reader is told by the flag.
                }
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            readingSinceNanos = System.nanoTime();
            int count;
            try {
                count = in.read(buffer, offset, length);
            } finally {
                readingSinceNanos = NOT_READING;
            }
            if (stalled) {
                throw new IOException("the server sent nothing for " + timeout.toSeconds() + " seconds");
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            check.cancel(false);
            in.close();
        }
    }
}
