package mille.engine.model;

import java.io.IOException;

/**
 * A container in the hands of one process: who runs it holds the claim as long as it runs, and nobody else runs or removes it meanwhile. A
 * claim ends when it is closed, or with its process however that ends; a container that is said to run while nobody claims it has been
 * abandoned.
 */
public interface ContainerClaim extends AutoCloseable {

    /** As it was when the claim was taken. */
    Container container();

    /** Records that it runs, from now on. */
    void started(int pid) throws IOException;

    /**
     * Records that it ended, now.
     *
     * @param error why not in an orderly way; empty where it did
     */
    void exited(int exitCode, String error) throws IOException;

    @Override
    void close();
}
