package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.overlay.changes.Change;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille diff} */
@Command(name = "diff", description = "Show what a container changed: A added, C changed, D deleted.")
final class DiffCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "CONTAINER", description = "Name or id of a container.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Engine engine = mille.openEngine()) {
            for (Change change : engine.diff(engine.container(name))) {
                out.println(change);
            }
        }
        return 0;
    }
}
