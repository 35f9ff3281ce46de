package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.engine.model.Container;
import mille.engine.run.ContainerRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille rm} */
@Command(name = "rm", description = "Remove containers and all that they wrote.")
final class RmCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-f", "--force"},
            description = "Kill those that run; say nothing of those that aren't there.")
    private boolean force;

    @Option(
            names = {"-v", "--volumes"},
            description = "With their volumes. We always do; the option is there because Docker has it.")
    @SuppressWarnings("UnusedVariable")
    private boolean volumes;

    @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids of containers.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<String> names;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Engine engine = mille.openEngine()) {
            return Each.of(spec.commandLine(), names, name -> {
                if (force) {
                    if (engine.containers().stream().noneMatch(c -> answersTo(c, name))) {
                        return;
                    }
                    ContainerRun.kill(engine, engine.container(name));
                }
                engine.removeContainer(name);
                out.println(name);
            });
        }
    }

    private static boolean answersTo(Container container, String name) {
        return container.name().equals(name) || container.id().startsWith(name);
    }
}
