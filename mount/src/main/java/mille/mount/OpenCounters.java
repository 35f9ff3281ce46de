package mille.mount;

import java.util.concurrent.atomic.AtomicLong;

/** How often files were opened, by the way that their data goes, and what saved a request. Any thread counts. */
final class OpenCounters {
    /** Where the kernel finds a file's data. */
    enum Kind {
        /** In the layer's file, by itself. */
        PASSED_THROUGH,
        /** In its page cache, where this open put it. */
        PUSHED,
        /** In its page cache, once it has asked us. */
        CACHED,
        /** As CACHED; the kernel opened it without us, and we only when it asked for data. */
        LAZY
    }

    private final AtomicLong passedThrough = new AtomicLong();
    private final AtomicLong pushed = new AtomicLong();
    private final AtomicLong cached = new AtomicLong();
    private final AtomicLong lazy = new AtomicLong();
    private final AtomicLong reused = new AtomicLong();
    private final AtomicLong pushedBytes = new AtomicLong();

    void opened(Kind kind) {
        of(kind).incrementAndGet();
    }

    /** A file that was opened lazily was still open when the kernel asked for data again. */
    void reused() {
        reused.incrementAndGet();
    }

    void pushed(long bytes) {
        pushedBytes.addAndGet(bytes);
    }

    long get(Kind kind) {
        return of(kind).get();
    }

    long reuses() {
        return reused.get();
    }

    long pushedBytes() {
        return pushedBytes.get();
    }

    private AtomicLong of(Kind kind) {
        return switch (kind) {
            case PASSED_THROUGH -> passedThrough;
            case PUSHED -> pushed;
            case CACHED -> cached;
            case LAZY -> lazy;
        };
    }
}
