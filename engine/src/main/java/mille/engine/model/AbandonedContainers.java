package mille.engine.model;

import java.io.IOException;
import java.nio.file.Path;

/** Ends what is left of a container whose own Mille process was killed. */
@FunctionalInterface
public interface AbandonedContainers {
    /** For a store in which nothing is run. */
    AbandonedContainers NONE = (_, _) -> {};

    /**
     * Leaves no process of the container. Called while it is claimed, before its mounts are taken; the store records its end.
     *
     * @param directory the container's, with its bundle
     */
    void end(Container container, Path directory) throws IOException;
}
