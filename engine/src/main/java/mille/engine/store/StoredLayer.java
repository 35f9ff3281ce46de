package mille.engine.store;

import mille.oci.ChainId;
import mille.oci.DiffId;
import org.jspecify.annotations.Nullable;

/**
 * A layer that is there.
 *
 * @param parent the chain below it; null for a lowest layer
 * @param directory its name below {@code overlay2}
 * @param link its name below {@code overlay2/l}
 * @param sizeBytes of its files, unpacked
 */
public record StoredLayer(
        ChainId chainId, DiffId diffId, @Nullable ChainId parent, String directory, String link, long sizeBytes) {}
