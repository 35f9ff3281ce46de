package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.engine.model.Image;
import mille.engine.model.ProgressListener;
import mille.linux.Fd;
import mille.linux.Terminal;
import mille.oci.Platform;
import mille.oci.Reference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille load} */
@Command(name = "load", description = "Bring in the images of an archive: an OCI layout, or what 'docker save' wrote.")
final class LoadCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-i", "--input"},
            paramLabel = "FILE",
            description = "A tar, compressed or not, or a directory (default: standard input).")
    private @Nullable Path input;

    @Option(names = "--platform", paramLabel = "OS/ARCH", description = "Of an image that is made for several.")
    private @Nullable String platform;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing until it is done.")
    private boolean quiet;

    @Override
    public Integer call() throws IOException {
        Path archive = input;
        if (archive != null) {
            load(archive);
            return 0;
        }
        if (Terminal.isTerminal(Fd.adopt(0))) {
            throw new IllegalArgumentException("no archive to load: name one with -i, or send one to standard input");
        }
        Path copy = StandardInput.copy();
        try {
            load(copy);
        } finally {
            Files.deleteIfExists(copy);
        }
        return 0;
    }

    private void load(Path archive) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Platform wanted = platform == null ? Platform.host() : Platform.parse(platform);
        try (Engine engine = mille.openEngine()) {
            List<Image> images;
            try (TransferProgress progress = new TransferProgress(out)) {
                images = engine.load(archive, wanted, quiet ? ProgressListener.NONE : progress);
            }
            for (Image image : images) {
                if (image.tags().isEmpty()) {
                    out.println("Loaded image ID: " + image.id());
                }
                for (Reference name : image.tags()) {
                    out.println("Loaded image: " + name.familiar());
                }
            }
        }
    }
}
