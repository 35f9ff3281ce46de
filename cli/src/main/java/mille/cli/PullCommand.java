package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.engine.model.Image;
import mille.engine.model.ProgressListener;
import mille.oci.Platform;
import mille.oci.Reference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille pull} */
@Command(name = "pull", description = "Bring an image here from a registry.")
final class PullCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--platform", paramLabel = "OS/ARCH", description = "Of an image that is made for several.")
    private @Nullable String platform;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print the image's name alone.")
    private boolean quiet;

    @Parameters(
            paramLabel = "IMAGE",
            description = "Such as busybox, debian:12 or registry.example.org/team/app@sha256:...")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Reference reference = Reference.parse(name);
        Platform wanted = platform == null ? Platform.host() : Platform.parse(platform);
        try (Engine engine = mille.openEngine()) {
            Image before = engine.findImage(name);
            Image image;
            try (TransferProgress progress = new TransferProgress(out)) {
                image = engine.pull(reference, wanted, quiet ? ProgressListener.NONE : progress);
            }
            if (!quiet) {
                boolean isOld = before != null && before.id().equals(image.id());
                out.println("Digest: " + image.manifest());
                out.println("Status: " + (isOld ? "Image is up to date for " : "Downloaded newer image for ")
                        + reference.familiar());
            }
            out.println(reference);
        }
        return 0;
    }
}
