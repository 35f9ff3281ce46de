package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.engine.model.RemovedImage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille rmi} */
@Command(name = "rmi", description = "Remove images, or some of their names.")
final class RmiCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-f", "--force"},
            description = "Also where a stopped container needs it, or it has several names.")
    private boolean force;

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Names or ids of images.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<String> names;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Engine engine = mille.openEngine()) {
            return Each.of(spec.commandLine(), names, name -> {
                RemovedImage removed = engine.removeImage(name, force);
                removed.untagged().forEach(gone -> out.println("Untagged: " + gone.familiar()));
                removed.deleted().forEach(gone -> out.println("Deleted: " + gone));
            });
        }
    }
}
