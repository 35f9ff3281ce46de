package mille.engine.model;

import java.util.List;
import mille.oci.Digest;
import mille.oci.Reference;

/**
 * What {@code rmi} did.
 *
 * @param untagged names that no longer lead to an image
 * @param deleted the image's id, then chain IDs of layers that nothing needs any more, the topmost first; none where only a name went
 */
public record RemovedImage(List<Reference> untagged, List<Digest> deleted) {
    public RemovedImage {
        untagged = List.copyOf(untagged);
        deleted = List.copyOf(deleted);
    }
}
