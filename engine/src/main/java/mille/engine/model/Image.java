package mille.engine.model;

import java.time.Instant;
import java.util.List;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.Platform;
import mille.oci.Reference;

/**
 * An image that the store holds whole.
 *
 * @param id the digest of its config
 * @param manifest the digest of the manifest that it came with
 * @param tags names with a tag, in order of the alphabet; none for a dangling image
 * @param digests names with a manifest's digest, under which a registry has it
 * @param created what the config says; the epoch where it says nothing
 * @param sizeBytes of all its layers' files, unpacked; shared layers count in each image
 * @param diffIds of its layers, the lowest first
 */
public record Image(
        Digest id,
        Digest manifest,
        List<Reference> tags,
        List<Reference> digests,
        Platform platform,
        Instant created,
        long sizeBytes,
        List<DiffId> diffIds) {
    public Image {
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
        diffIds = List.copyOf(diffIds);
    }

    /** The first twelve digits of the id, as tables show them. */
    public String shortId() {
        return id.hex().substring(0, 12);
    }
}
