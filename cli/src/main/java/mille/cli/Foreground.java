package mille.cli;

import java.io.IOException;
import java.util.Set;
import mille.engine.Engine;
import mille.engine.model.Container;
import mille.engine.run.ContainerRun;
import mille.engine.run.RunFlag;
import mille.linux.Fd;
import mille.linux.Terminal;
import mille.mount.Mounter;

/** Runs a container while the user looks on. */
final class Foreground {
    private final Engine engine;
    private final Mounter mounter;
    private final SignalRelay signals;

    Foreground(Engine engine, Mounter mounter, SignalRelay signals) {
        this.engine = engine;
        this.mounter = mounter;
        this.signals = signals;
    }

    /**
     * @throws IllegalArgumentException where the container is to read keys and we have no terminal to take them from
     */
    static void check(Set<RunFlag> flags) {
        if (flags.contains(RunFlag.TERMINAL) && flags.contains(RunFlag.STDIN) && !Terminal.isTerminal(Fd.adopt(0))) {
            throw new IllegalArgumentException(
                    "the input device is not a TTY: leave -t away where input comes from elsewhere");
        }
    }

    /**
     * @return the container's exit code
     */
    int run(Container container, Set<RunFlag> flags) throws IOException {
        // However this process ends, short of SIGKILL, the container ends with it and its mount goes.
        ContainerRun run = new ContainerRun(engine, mounter, container, flags);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(run)));
        try (run) {
            // Before its program can say anything: who has seen that it is there may signal it at once.
            run.start(() -> signals.handTo(run::send));
            return run.await();
        }
    }

    private static void close(ContainerRun run) {
        try {
            run.close();
        } catch (IOException e) {
            System.err.println("mille: could not put everything in order, the next command will: " + e.getMessage());
        }
    }
}
