package mille.oci.registry;

import java.io.IOException;
import java.time.Duration;

/** Counts the failures of one thing that is tried again and again. Not for several threads. */
final class Attempts {
    private final RetryPolicy policy;
    private int failures;

    Attempts(RetryPolicy policy) {
        this.policy = policy;
    }

    /**
     * Waits before the next attempt, or throws the failure where there is none left.
     *
     * @param asked how long the server asks to wait; zero where it doesn't
     */
    void failed(IOException failure, Duration asked) throws IOException {
        failures++;
        if (failures >= policy.attempts()) {
            throw failure;
        }
        policy.pause(failures, asked);
    }

    /** Something came: what failed before no longer counts. */
    void progressed() {
        failures = 0;
    }
}
