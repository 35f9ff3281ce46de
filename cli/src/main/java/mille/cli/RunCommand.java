package mille.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.engine.model.Container;
import mille.engine.run.RunConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille run} */
@Command(name = "run", description = "Make a container of an image and run it; its exit code is ours.")
final class RunCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private ContainerOptions options = new ContainerOptions();

    @Override
    public Integer call() throws IOException {
        Foreground.check(options.flags());
        SignalRelay signals = SignalRelay.begin();
        try (Engine engine = mille.openEngine()) {
            Container container = options.create(engine, spec.commandLine().getErr());
            return new Foreground(engine, mille.mounter(), signals)
                    .run(container, RunConfig.fromJson(container.config()).flags());
        }
    }
}
