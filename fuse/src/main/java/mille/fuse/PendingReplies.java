package mille.fuse;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The requests of a session that are to be answered later, by their unique number. */
final class PendingReplies {
    private final ConcurrentHashMap<Long, PendingReply> byUnique = new ConcurrentHashMap<>();

    /** Where an answer without a body is sent: the way that the request came. Any thread may call it. */
    @FunctionalInterface
    interface Channel {
        /**
         * @param errorCode positive, 0 for success
         */
        void answer(long unique, int errorCode);
    }

    PendingReply add(Exchange exchange, Channel channel) {
        long unique = exchange.unique();
        PendingReply reply = new PendingReply(this, channel, unique);
        byUnique.put(unique, reply);
        if (exchange.isInterrupted()) { // it came before the entry was there to be found
            reply.interrupt();
        }
        return reply;
    }

    void remove(long unique) {
        byUnique.remove(unique);
    }

    @Nullable
    PendingReply find(long unique) {
        return byUnique.get(unique);
    }
}
