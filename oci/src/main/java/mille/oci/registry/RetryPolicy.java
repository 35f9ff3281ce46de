package mille.oci.registry;

import java.io.InterruptedIOException;
import java.time.Duration;

/**
 * How often and how patiently a request is tried again after a failure that may pass.
 *
 * @param attempts the first one included
 * @param firstDelay before the second attempt; doubles for each further one
 * @param maxDelay the longest wait, also where the server asks for more
 */
public record RetryPolicy(int attempts, Duration firstDelay, Duration maxDelay) {
    /** Five attempts within some ten seconds. */
    public static final RetryPolicy USUAL = new RetryPolicy(5, Duration.ofMillis(500), Duration.ofSeconds(20));

    public RetryPolicy {
        if (attempts < 1 || firstDelay.isNegative() || maxDelay.isNegative()) {
            throw new IllegalArgumentException("no such retry policy");
        }
    }

    /**
     * Waits after a failed attempt.
     *
     * @param failures how many there were, at least 1
     * @param asked what the server asks for; zero where it doesn't
     */
    void pause(int failures, Duration asked) throws InterruptedIOException {
        Duration delay = firstDelay.multipliedBy(1L << Math.min(failures - 1, 16));
        if (asked.compareTo(delay) > 0) {
            delay = asked;
        }
        if (delay.compareTo(maxDelay) > 0) {
            delay = maxDelay;
        }
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
