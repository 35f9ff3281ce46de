package mille.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.engine.model.Image;
import mille.oci.Reference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille import} */
@Command(name = "import", description = "Make an image of the tar of a root file system; prints its id.")
final class ImportCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "A tar, compressed or not; '-' reads standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Parameters(index = "1", paramLabel = "NAME", description = "What the image is to be called.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Override
    public Integer call() throws IOException {
        Reference reference = Reference.parse(name);
        boolean isPiped = file.toString().equals("-");
        Path tar = isPiped ? StandardInput.copy() : file;
        try (Engine engine = mille.openEngine()) {
            Image image;
            try (TransferProgress progress =
                    new TransferProgress(spec.commandLine().getErr())) {
                image = engine.importRootfs(tar, reference, progress);
            }
            spec.commandLine().getOut().println(image.id());
        } finally {
            if (isPiped) {
                Files.deleteIfExists(tar);
            }
        }
        return 0;
    }
}
