package mille.cli;

import java.io.IOException;
import java.util.EnumSet;
import mille.linux.ErrnoException;
import mille.linux.Signal;
import mille.linux.SignalQueue;

/**
 * Takes the signals that the launcher blocked for us, and hands them to a container once there is one. Until then they end this process
 * in an orderly way, as they would have done by themselves. Where the launcher blocked nothing, nothing arrives here.
 */
final class SignalRelay {
    /** So many of those that ask a process to end mean that the user is in earnest. */
    private static final int PATIENCE = 3;

    /** Takes one signal. */
    @FunctionalInterface
    interface Receiver {
        void take(Signal signal) throws IOException;
    }

    private volatile Receiver receiver = SignalRelay::end;

    private SignalRelay() {}

    static SignalRelay begin() throws ErrnoException {
        SignalRelay relay = new SignalRelay();
        SignalQueue queue = SignalQueue.of(EnumSet.complementOf(EnumSet.of(Signal.KILL)));
        Thread.ofPlatform().daemon().name("signals").start(() -> relay.listen(queue));
        return relay;
    }

    void handTo(Receiver next) {
        receiver = next;
    }

    private void listen(SignalQueue queue) {
        try (queue) {
            int asked = 0;
            while (true) {
                Signal signal = queue.take();
                boolean asksToEnd = signal == Signal.INT || signal == Signal.TERM;
                asked += asksToEnd ? 1 : 0;
                if (asked == PATIENCE && asksToEnd) {
                    System.err.println("mille: asked to end " + PATIENCE + " times: killing the container");
                    receiver.take(Signal.KILL);
                } else {
                    receiver.take(signal);
                }
            }
        } catch (IOException e) {
            System.err.println("mille: signals are no longer passed on: " + e.getMessage());
        }
    }

    private static void end(Signal signal) {
        if (signal != Signal.WINCH) {
            System.exit(128 + signal.number());
        }
    }
}
