package mille.mount;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Gives memory back to the system once the kernel has forgotten most of many nodes. The JVM does so at a full collection alone, and where
 * nothing new is made, none comes by itself. It takes as long as what is left is large: milliseconds where that is little, so it waits until
 * the count has halved, and has stopped falling.
 */
final class FreedMemory implements AutoCloseable {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    /** What fewer nodes hold, some 160 bytes each, isn't worth a pause. */
    private static final int WORTH_NODES = 50_000;

    private final IntSupplier nodes;
    private final Runnable collection;
    private final CountDownLatch closed = new CountDownLatch(1);

    // The looking thread's alone.
    private int most;
    private int before;

    /**
     * Doesn't look by itself until it is {@link #start}ed.
     *
     * @param nodes how many there are now
     * @param collection collects what nobody holds any more
     */
    FreedMemory(IntSupplier nodes, Runnable collection) {
        this.nodes = nodes;
        this.collection = collection;
    }

    void start() {
        Thread.ofPlatform().daemon().name("overlay-memory").start(this::lookUntilClosed);
    }

    private void lookUntilClosed() {
        try {
            while (!closed.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Collects if now is the moment. */
    void look() {
        int now = nodes.getAsInt();
        boolean settled = now >= before;
        before = now;
        most = Math.max(most, now);
        if (settled && most - now >= WORTH_NODES && now <= most / 2) {
            most = now;
            collection.run();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
