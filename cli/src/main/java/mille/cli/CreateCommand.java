package mille.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille create} */
@Command(name = "create", description = "Make a container of an image, to be started later; prints its id.")
final class CreateCommand implements Callable<Integer> {
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
        try (Engine engine = mille.openEngine()) {
            spec.commandLine()
                    .getOut()
                    .println(options.create(engine, spec.commandLine().getErr()).id());
        }
        return 0;
    }
}
