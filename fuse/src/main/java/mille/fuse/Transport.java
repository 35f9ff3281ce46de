package mille.fuse;

/** How requests reach us and replies the kernel. */
public enum Transport {
    /**
     * {@link #URING} where kernel and rights allow it and a thread that sleeps on another CPU is dear to wake, as it is in many virtual
     * machines; {@link #DEVICE} elsewhere, also where there is one CPU.
     */
    AUTO,
    /** Messages read from and written to {@code /dev/fuse}. */
    DEVICE,
    /**
     * Rings of io_uring, a queue for each CPU, so that a request is served on the CPU that its caller runs on. Needs Linux 6.14 with
     * {@code /sys/module/fuse/parameters/enable_uring} on, and a file system without locks of its own (POSIX_LOCKS, FLOCK_LOCKS), as each
     * request that waits keeps a place in a queue.
     */
    URING
}
