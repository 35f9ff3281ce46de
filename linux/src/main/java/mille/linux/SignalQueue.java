package mille.linux;

import java.util.Set;

/**
 * Signals of this process as something to be read ({@code signalfd(2)}).
 *
 * <p>Only a signal that every thread blocks waits to be read; otherwise it does what it always did. A JVM can't block signals in threads
 * that it started before us, so whoever starts it blocks them ({@code env --block-signal} and {@code java -Xrs}).
 */
public final class SignalQueue implements AutoCloseable {
    private static final int SIGNALFD_SIGINFO_BYTES = 128;

    private final Fd descriptor;

    private SignalQueue(Fd descriptor) {
        this.descriptor = descriptor;
    }

    public static SignalQueue of(Set<Signal> signals) throws ErrnoException {
        long mask = 0;
        for (Signal signal : signals) {
            mask |= 1L << (signal.number() - 1);
        }
        Scratch scratch = Scratch.get();
        scratch.struct.putLong(0, mask);
        long made = Syscall.call(scratch, Syscall.SIGNALFD4, -1, scratch.struct.address(), Long.BYTES, O.CLOEXEC);
        return new SignalQueue(Fd.ofResult(made, "signalfd", signals));
    }

    /** Waits for the next one. */
    public Signal take() throws ErrnoException {
        NativeBuffer info = NativeBuffer.allocate(SIGNALFD_SIGINFO_BYTES);
        while (true) {
            FileData.read(descriptor, info, 0, SIGNALFD_SIGINFO_BYTES);
            Signal signal = Signal.of(info.getInt(0));
            if (signal != null) {
                return signal;
            }
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
