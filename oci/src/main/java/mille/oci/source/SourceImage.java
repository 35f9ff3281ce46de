package mille.oci.source;

import java.util.List;
import mille.oci.Descriptor;
import mille.oci.Reference;

/**
 * One image of a source.
 *
 * @param names those that the source has for it; may be none
 * @param descriptor leads to its manifest or index
 */
public record SourceImage(List<Reference> names, Descriptor descriptor) {

    public SourceImage {
        names = List.copyOf(names);
    }
}
