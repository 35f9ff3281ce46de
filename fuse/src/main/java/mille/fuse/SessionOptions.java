package mille.fuse;

import java.util.EnumSet;
import java.util.Set;

/**
 * How a session serves. {@link #defaults} with the {@code with...} methods makes one.
 *
 * @param name of the worker threads
 * @param workers how many threads serve, each with a descriptor and buffers of its own; over io_uring, how many for each CPU
 * @param capabilities what to agree on where the kernel offers it; BIG_WRITES, MAX_PAGES and INIT_EXT are always asked for
 * @param transferBytes the most data in one READ or WRITE, a multiple of 4,096 from 65,536 to 1,048,576
 * @param maxBackground how many requests that nobody waits for (read-ahead) are under way at a time
 * @param maxStackDepth with PASSTHROUGH: how many file systems may be stacked below ours, 1 or 2; 1 leaves room for one above
 * @param spinNanos how long a worker looks for the next request before it sleeps; 0 not at all. It adapts: no worker looks while requests
 *     are rare, or where there is one CPU for both caller and server
 * @param transport how requests come
 */
public record SessionOptions(
        String name,
        int workers,
        Set<Capability> capabilities,
        int transferBytes,
        int maxBackground,
        int maxStackDepth,
        long spinNanos,
        Transport transport) {

    private static final int PAGE = 4096;

    public SessionOptions {
        capabilities = Set.copyOf(capabilities);
        if (workers < 1) {
            throw new IllegalArgumentException("a session needs a worker");
        }
        if (transferBytes % PAGE != 0 || transferBytes < 16 * PAGE || transferBytes > 256 * PAGE) {
            throw new IllegalArgumentException("transferBytes is a multiple of 4096 from 65536 to 1048576");
        }
    }

    /** Three workers, and what every file system can have without doing anything for it. */
    public static SessionOptions defaults() {
        return new SessionOptions(
                "fuse",
                3,
                EnumSet.of(
                        Capability.ASYNC_READ,
                        Capability.PARALLEL_DIROPS,
                        Capability.AUTO_INVAL_DATA,
                        Capability.ASYNC_DIO,
                        Capability.HAS_RESEND),
                256 * PAGE,
                64,
                1,
                200_000,
                Transport.AUTO);
    }

    public SessionOptions withName(String newName) {
        return new SessionOptions(
                newName, workers, capabilities, transferBytes, maxBackground, maxStackDepth, spinNanos, transport);
    }

    public SessionOptions withWorkers(int count) {
        return new SessionOptions(
                name, count, capabilities, transferBytes, maxBackground, maxStackDepth, spinNanos, transport);
    }

    public SessionOptions withCapabilities(Set<Capability> wanted) {
        return new SessionOptions(
                name, workers, wanted, transferBytes, maxBackground, maxStackDepth, spinNanos, transport);
    }

    public SessionOptions withTransferBytes(int bytes) {
        return new SessionOptions(
                name, workers, capabilities, bytes, maxBackground, maxStackDepth, spinNanos, transport);
    }

    public SessionOptions withSpinNanos(long nanos) {
        return new SessionOptions(
                name, workers, capabilities, transferBytes, maxBackground, maxStackDepth, nanos, transport);
    }

    public SessionOptions withTransport(Transport chosen) {
        return new SessionOptions(
                name, workers, capabilities, transferBytes, maxBackground, maxStackDepth, spinNanos, chosen);
    }
}
