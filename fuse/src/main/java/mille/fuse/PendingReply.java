package mille.fuse;

import mille.linux.Errno;
import org.jspecify.annotations.Nullable;

/** The answer to a request that outlived its handler. Any thread gives it, once; what is said after the first answer is ignored. */
public final class PendingReply {
    private final PendingReplies replies;
    private final PendingReplies.Channel channel;
    private final long unique;

    // Guarded by this.
    private boolean answered;
    private boolean interrupted;
    private @Nullable Runnable whenInterrupted;

    PendingReply(PendingReplies replies, PendingReplies.Channel channel, long unique) {
        this.replies = replies;
        this.channel = channel;
        this.unique = unique;
    }

    public void succeed() {
        answer(0);
    }

    public void fail(Errno errno) {
        answer(errno.code());
    }

    private void answer(int errorCode) {
        synchronized (this) {
            if (answered) {
                return;
            }
            answered = true;
        }
        replies.remove(unique);
        channel.answer(unique, errorCode);
    }

    /**
     * Has this done when the caller is interrupted by a signal, by the thread that learns of it; at once where that happened already. It
     * should soon end in an answer, EINTR for most.
     */
    public void onInterrupt(Runnable action) {
        synchronized (this) {
            if (!interrupted) {
                whenInterrupted = action;
                return;
            }
        }
        action.run();
    }

    void interrupt() {
        Runnable action;
        synchronized (this) {
            if (interrupted) {
                return;
            }
            interrupted = true;
            action = whenInterrupted;
        }
        if (action != null) {
            action.run();
        }
    }
}
