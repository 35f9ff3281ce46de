package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import mille.linux.ErrnoException;
import mille.linux.Signal;
import mille.linux.SignalQueue;
import mille.mount.MountedOverlay;

/** Has a mount tell on standard error what it has served when its process gets SIGUSR1, which the launcher blocked for us. */
final class StatisticsSignal {
    private StatisticsSignal() {}

    static void listenFor(MountedOverlay mount) throws ErrnoException {
        SignalQueue queue = SignalQueue.of(EnumSet.of(Signal.USR1));
        Thread.ofPlatform().daemon().name("signals").start(() -> listen(queue, mount));
    }

    private static void listen(SignalQueue queue, MountedOverlay mount) {
        try (queue) {
            while (true) {
                queue.take();
                print(mount);
            }
        } catch (IOException e) {
            System.err.println("mille: signals are no longer heeded: " + e.getMessage());
        }
    }

    private static void print(MountedOverlay mount) {
        PrintWriter out = new PrintWriter(System.err, false, StandardCharsets.UTF_8);
        out.println(mount.merged() + " at " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
        String json = mount.statistics();
        if (json == null) {
            out.println("the kernel serves it, and doesn't count");
        } else {
            MountStatistics.of(json).print(out);
        }
        out.flush();
    }
}
