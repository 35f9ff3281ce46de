package mille.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import mille.engine.layer.TreeRemoval;

/** Where things go before they are deleted: from the rename on they are out of everybody's sight. */
final class Trash {
    private final Path directory;
    private final RandomNames names;

    Trash(Path directory, RandomNames names) {
        this.directory = directory;
        this.names = names;
    }

    /**
     * Moves a file or a tree here, on which nothing is mounted.
     *
     * @return false where it isn't there (any more)
     */
    boolean take(Path path) throws IOException {
        return DurableFiles.moveIfThere(path, directory.resolve(names.id()));
    }

    /** Deletes what is here. Several processes may do that at the same time. */
    void empty() throws IOException {
        TreeRemoval.empty(directory);
    }
}
