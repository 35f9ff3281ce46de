package mille.engine.image;

import java.io.IOException;
import java.io.InputStream;
import mille.oci.Descriptor;
import mille.oci.RawManifest;

/** Where one image comes from: a registry, an archive, this machine. Used by several threads. */
public interface ImageSource {

    /** The manifest of one image, never an index. */
    RawManifest manifest();

    /**
     * A blob that the manifest names. What it gives is verified by the reader.
     *
     * @throws IOException where the source doesn't have it
     */
    InputStream open(Descriptor blob) throws IOException;
}
