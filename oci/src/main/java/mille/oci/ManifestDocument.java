package mille.oci;

import java.util.Map;

/** What a reference leads to: the manifest of one image, or an index of several. */
public sealed interface ManifestDocument permits Manifest, Index {

    MediaType mediaType();

    Map<String, String> annotations();

    /** The document as JSON without white space; not the bytes that it was read from. */
    byte[] toJson();
}
