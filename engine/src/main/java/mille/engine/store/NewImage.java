package mille.engine.store;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import mille.oci.ChainId;
import mille.oci.Digest;
import mille.oci.Platform;
import mille.oci.Reference;
import org.jspecify.annotations.Nullable;

/**
 * An image all of whose parts are in the store and leased by one session.
 *
 * @param id the digest of its config
 * @param top its topmost layer's chain; null for an image without layers
 * @param blobs all that it needs: manifest, config, layers
 * @param names under which it is to be found; such a name is taken from the image that had it
 */
public record NewImage(
        Digest id,
        Digest manifest,
        @Nullable ChainId top,
        Platform platform,
        Instant created,
        Set<Digest> blobs,
        List<Reference> names) {
    public NewImage {
        blobs = Set.copyOf(blobs);
        names = List.copyOf(names);
    }
}
