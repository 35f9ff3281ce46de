package mille.cli;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.engine.model.Container;
import mille.engine.run.RunConfig;
import mille.engine.run.RunFlag;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code mille start} */
@Command(name = "start", description = "Run a container again, with all that it changed; in the foreground.")
final class StartCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Option(
            names = {"-a", "--attach"},
            description = "Show what it writes. We always do; the option is there because Docker has it.")
    @SuppressWarnings("UnusedVariable")
    private boolean attach;

    @Option(
            names = {"-i", "--interactive"},
            description = "Connect our standard input, where it was created with -i.")
    private boolean interactive;

    @Parameters(paramLabel = "CONTAINER", description = "Name or id of a container.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Override
    public Integer call() throws IOException {
        SignalRelay signals = SignalRelay.begin();
        try (Engine engine = mille.openEngine()) {
            Container container = engine.container(name);
            Set<RunFlag> flags = EnumSet.noneOf(RunFlag.class);
            flags.addAll(RunConfig.fromJson(container.config()).flags());
            if (!interactive) {
                flags.remove(RunFlag.STDIN);
            }
            Foreground.check(flags);
            return new Foreground(engine, mille.mounter(), signals).run(container, flags);
        }
    }
}
