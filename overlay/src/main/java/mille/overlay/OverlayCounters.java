package mille.overlay;

import java.util.concurrent.atomic.LongAdder;

/** What happened in one overlay. Any thread counts; all of it is rare, or costs a system call anyway. */
final class OverlayCounters {
    private final LongAdder lookupHits = new LongAdder();
    private final LongAdder lookupMisses = new LongAdder();
    private final LongAdder cloned = new LongAdder();
    private final LongAdder copiedInKernel = new LongAdder();
    private final LongAdder copiedByHand = new LongAdder();
    private final LongAdder withoutData = new LongAdder();
    private final LongAdder copiedBytes = new LongAdder();

    void lookedUp(boolean known) {
        (known ? lookupHits : lookupMisses).increment();
    }

    void copiedUp(FileCopy.How how, long bytes) {
        switch (how) {
            case CLONED -> cloned.increment();
            case IN_KERNEL -> copiedInKernel.increment();
            case BY_HAND -> copiedByHand.increment();
            case NOTHING -> withoutData.increment();
        }
        copiedBytes.add(bytes);
    }

    OverlayStatistics statistics(int nodes) {
        return new OverlayStatistics(
                nodes,
                lookupHits.sum(),
                lookupMisses.sum(),
                new OverlayStatistics.CopyUps(
                        cloned.sum(), copiedInKernel.sum(), copiedByHand.sum(), withoutData.sum(), copiedBytes.sum()));
    }
}
