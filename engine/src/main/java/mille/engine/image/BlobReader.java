package mille.engine.image;

import java.io.IOException;
import java.io.InputStream;
import mille.oci.Descriptor;

/** Gives the bytes of an image's blobs, wherever they come from. Used by several threads. */
@FunctionalInterface
public interface BlobReader {

    /**
     * The bytes from the first to the last. Their reader verifies them.
     *
     * @throws IOException where the blob isn't to be had
     */
    InputStream open(Descriptor blob) throws IOException;
}
