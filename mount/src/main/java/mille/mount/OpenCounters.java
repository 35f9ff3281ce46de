package mille.mount;

import java.util.concurrent.atomic.LongAdder;

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

    private final LongAdder passedThrough = new LongAdder();
    private final LongAdder pushed = new LongAdder();
    private final LongAdder cached = new LongAdder();
    private final LongAdder lazy = new LongAdder();
    private final LongAdder reused = new LongAdder();
    private final LongAdder pushedBytes = new LongAdder();

    void opened(Kind kind) {
        of(kind).increment();
    }

    /** A file that was opened lazily was still open when the kernel asked for data again. */
    void reused() {
        reused.increment();
    }

    void pushed(long bytes) {
        pushedBytes.add(bytes);
    }

    long get(Kind kind) {
        return of(kind).sum();
    }

    long reuses() {
        return reused.sum();
    }

    long pushedBytes() {
        return pushedBytes.sum();
    }

    private LongAdder of(Kind kind) {
        return switch (kind) {
            case PASSED_THROUGH -> passedThrough;
            case PUSHED -> pushed;
            case CACHED -> cached;
            case LAZY -> lazy;
        };
    }
}
