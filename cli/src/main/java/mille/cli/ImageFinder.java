package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import mille.engine.Engine;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.engine.model.Image;
import mille.engine.model.ProgressListener;
import mille.oci.Platform;
import mille.oci.Reference;
import org.jspecify.annotations.Nullable;

/** Finds the image that a container is to be made of, and brings it here if need be. */
final class ImageFinder {
    private final Engine engine;
    private final PullPolicy policy;
    private final Platform platform;
    private final PrintWriter err;

    /**
     * @param platform null takes this machine's
     * @param err where a pull tells how it goes
     */
    ImageFinder(Engine engine, PullPolicy policy, @Nullable String platform, PrintWriter err) {
        this.engine = engine;
        this.policy = policy;
        this.platform = platform == null ? Platform.host() : Platform.parse(platform);
        this.err = err;
    }

    Image find(String name) throws IOException {
        Image present = policy == PullPolicy.ALWAYS ? null : engine.findImage(name);
        if (present != null) {
            return present;
        }
        Reference reference = Reference.parse(name);
        if (policy == PullPolicy.NEVER) {
            throw new EngineException(
                    Reason.NOT_FOUND, "no such image: " + name + ": pull it, or leave '--pull never' away");
        }
        if (Engine.isDefaultImage(reference)) {
            return engine.makeDefaultImage(ProgressListener.NONE);
        }
        err.println("unable to find image '" + reference.familiar() + "' in the store: pulling it");
        try (TransferProgress progress = new TransferProgress(err)) {
            return engine.pull(reference, platform, progress);
        }
    }
}
