package mille.fuse;

import java.lang.System.Logger.Level;
import java.util.BitSet;
import java.util.OptionalLong;
import mille.linux.Cpus;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.LateLogger;
import mille.linux.NativeBuffer;
import mille.linux.Pipe;
import mille.linux.SystemCallThread;

/**
 * What it costs here to wake a thread that sleeps on another CPU: on {@code /dev/fuse} each reply does that to its caller. It depends on the
 * machine, and most of all on whether it is a virtual one, which an interrupt from CPU to CPU may have to leave and enter again (ADR 13).
 */
final class WakeUp {
    /**
     * Of a round trip. A mount that starts takes some 35 us for the code alone, which is interpreted; two wake-ups added less than 10 us on a
     * machine where the device was faster, and some 130 us on one where the rings were.
     */
    private static final long DEAR_NANOS = 90_000;

    private static final int ROUND_TRIPS = 7;

    private WakeUp() {}

    /** Whether requests had better be served on their caller's own CPU. */
    static boolean isDear() {
        try {
            return isDear(roundTripNanos());
        } catch (ErrnoException unknown) {
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /**
     * Whether that is much. With one CPU there is no other to wake anybody on.
     *
     * @param roundTripNanos what {@link #roundTripNanos} gave
     */
    static boolean isDear(OptionalLong roundTripNanos) {
        return roundTripNanos.isPresent() && roundTripNanos.getAsLong() > DEAR_NANOS;
    }

    /**
     * How long a byte takes there and back between two threads on two CPUs, each asleep while it waits: two wake-ups and four system calls. The
     * shortest time of some.
     *
     * @return empty where we have one CPU only; {@link Long#MAX_VALUE} where the byte got lost
     */
    static OptionalLong roundTripNanos() throws ErrnoException, InterruptedException {
        BitSet cpus = Cpus.allowed();
        if (cpus.cardinality() < 2) {
            return OptionalLong.empty();
        }
        try (Pipe there = Pipe.open();
                Pipe back = Pipe.open()) {
            Player serving = new Player(cpus.nextSetBit(0), there.write(), back.read(), true);
            Player returning = new Player(cpus.length() - 1, back.write(), there.read(), false);
            Thread server = new SystemCallThread("wake-up-serving", serving);
            Thread returner = new SystemCallThread("wake-up-returning", returning);
            server.start();
            returner.start();
            server.join();
            returner.join();
            return OptionalLong.of(serving.shortest);
        }
    }

    /** One of the two who pass the byte. */
    private static final class Player implements Runnable {
        private final int cpu;
        private final Fd out;
        private final Fd in;
        private final boolean serves;
        private final NativeBuffer ball = NativeBuffer.allocate(1);

        /** For who has waited for its thread to end. */
        private long shortest = Long.MAX_VALUE;

        Player(int cpu, Fd out, Fd in, boolean serves) {
            this.cpu = cpu;
            this.out = out;
            this.in = in;
            this.serves = serves;
        }

        /** Its end closes the way out, which ends the other one. */
        @Override
        public void run() {
            try (Fd _ = out) {
                boolean _ = Cpus.pin(cpu);
                for (int i = 0; i < ROUND_TRIPS; i++) {
                    long start = System.nanoTime();
                    if (serves) {
                        int _ = FileData.write(out, ball, 0, 1);
                    }
                    if (FileData.read(in, ball, 0, 1) == 0) {
                        return;
                    }
                    if (!serves) {
                        int _ = FileData.write(out, ball, 0, 1);
                    }
                    shortest = Math.min(shortest, System.nanoTime() - start);
                }
            } catch (ErrnoException failed) {
                LateLogger.of("mille.fuse").log(Level.DEBUG, "what a wake-up costs isn't known", failed);
            }
        }
    }
}
