package mille.engine.store;

import java.nio.file.Path;
import mille.oci.Digest;

/** Where things lie below a store's root; {@code docs/on-disk.md} says what each is for. */
record Layout(Path root) {
    static final String DIFF = "diff";
    static final String WORK = "work";
    static final String MERGED = "merged";
    static final String LINK = "link";
    static final String LOWER = "lower";
    static final String COMMITTED = "committed";

    /** What Docker puts after a container's id to name the layer between its own and its image's. */
    static final String INIT_SUFFIX = "-init";

    Path lockFile() {
        return root.resolve("lock");
    }

    Path database() {
        return root.resolve("mille.db");
    }

    Path nativeLibraries() {
        return root.resolve("native");
    }

    Path blobs() {
        return root.resolve("blobs");
    }

    Path blobs(Digest.Algorithm algorithm) {
        return blobs().resolve(algorithm.label());
    }

    Path blob(Digest digest) {
        return blobs(digest.algorithm()).resolve(digest.hex());
    }

    Path layers() {
        return root.resolve("overlay2");
    }

    Path layer(String directory) {
        return layers().resolve(directory);
    }

    Path diff(String directory) {
        return layer(directory).resolve(DIFF);
    }

    Path links() {
        return layers().resolve("l");
    }

    Path containers() {
        return root.resolve("containers");
    }

    Path container(String id) {
        return containers().resolve(id);
    }

    Path staging() {
        return root.resolve("staging");
    }

    Path trash() {
        return root.resolve("trash");
    }
}
