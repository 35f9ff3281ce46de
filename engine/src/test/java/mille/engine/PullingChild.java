package mille.engine;

import java.io.IOException;
import java.nio.file.Path;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.ProgressListener;
import mille.oci.Platform;
import mille.oci.Reference;

/** A process that pulls one image into a store: {@code ROOT NAME}. */
final class PullingChild {
    private PullingChild() {}

    public static void main(String[] arguments) throws IOException {
        try (Engine engine = Engine.open(Path.of(arguments[0]), AbandonedContainers.NONE)) {
            engine.pull(Reference.parse(arguments[1]), Platform.host(), ProgressListener.NONE);
        }
    }
}
