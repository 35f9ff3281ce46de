package mille.overlay;

import java.util.concurrent.atomic.AtomicLong;

/** What happened in one overlay. Any thread counts; all of it is rare, or costs a system call anyway. */
final class OverlayCounters {
    private final AtomicLong lookupHits = new AtomicLong();
    private final AtomicLong lookupMisses = new AtomicLong();
    private final AtomicLong cloned = new AtomicLong();
    private final AtomicLong copiedInKernel = new AtomicLong();
    private final AtomicLong copiedByHand = new AtomicLong();
    private final AtomicLong withoutData = new AtomicLong();
    private final AtomicLong copiedBytes = new AtomicLong();

    void lookedUp(boolean known) {
        (known ? lookupHits : lookupMisses).incrementAndGet();
    }

    void copiedUp(FileCopy.How how, long bytes) {
        switch (how) {
            case CLONED -> cloned.incrementAndGet();
            case IN_KERNEL -> copiedInKernel.incrementAndGet();
            case BY_HAND -> copiedByHand.incrementAndGet();
            case NOTHING -> withoutData.incrementAndGet();
        }
        copiedBytes.addAndGet(bytes);
    }

    OverlayStatistics statistics(int nodes) {
        return new OverlayStatistics(
                nodes,
                lookupHits.get(),
                lookupMisses.get(),
                new OverlayStatistics.CopyUps(
                        cloned.get(), copiedInKernel.get(), copiedByHand.get(), withoutData.get(), copiedBytes.get()));
    }
}
