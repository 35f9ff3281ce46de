package mille.fuse;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Finds the request that an INTERRUPT is about, among those being served and those to be answered later. */
final class Interrupts {
    private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
    private final PendingReplies pending = new PendingReplies();

    PendingReplies pending() {
        return pending;
    }

    void add(Exchange exchange) {
        exchanges.add(exchange);
    }

    /** Tells the request, and returns whether there was one to be told. */
    boolean interrupt(long unique) {
        boolean found = false;
        for (Exchange exchange : exchanges) {
            found |= exchange.interrupt(unique);
        }
        // Last, as a request moves from the first kind to the second.
        PendingReply reply = pending.find(unique);
        if (reply != null) {
            reply.interrupt();
            found = true;
        }
        return found;
    }
}
