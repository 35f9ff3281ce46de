package mille.overlay;

import java.util.concurrent.atomic.AtomicInteger;
import mille.linux.Fd;

/**
 * A descriptor that several threads use at once and a cache may give up meanwhile: it closes when the last of them is done.
 *
 * <p>Who gets one, from {@link DirectoryCache} or {@link #pin}, closes it.
 */
final class SharedFd implements AutoCloseable {
    private final Fd fd;
    private final AtomicInteger pins = new AtomicInteger(1);

    /** For the cache's clock: whether it was used since the hand last passed. */
    private volatile boolean used = true;

    /** The maker holds the first pin. */
    SharedFd(Fd fd) {
        this.fd = fd;
    }

    Fd fd() {
        return fd;
    }

    /** @return false where it is closed, or closing */
    boolean pin() {
        int count = pins.get();
        while (count > 0) {
            if (pins.compareAndSet(count, count + 1)) {
                used = true;
                return true;
            }
            count = pins.get();
        }
        return false;
    }

    /** Whether it was used since this was last asked. */
    boolean wasUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    @Override
    public void close() {
        if (pins.decrementAndGet() == 0) {
            fd.close();
        }
    }
}
