package mille.oci;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Identifies a layer together with all layers below it (OCI image spec, config, "Layer ChainID"): the lowest one's is its diff ID, each
 * other's is the SHA-256 of the text {@code <chain ID below> <diff ID>}.
 */
public record ChainId(Digest digest) {

    /**
     * As {@link Digest#parse}.
     *
     * @throws IllegalArgumentException where it is malformed
     */
    public static ChainId parse(String text) {
        return new ChainId(Digest.parse(text));
    }

    /** The chain ID of a layer that has none below it. */
    public static ChainId ofLowest(DiffId diffId) {
        return new ChainId(diffId.digest());
    }

    /** The chain ID of a layer that lies on this one. */
    public ChainId then(DiffId diffId) {
        return new ChainId(Digest.of((digest + " " + diffId).getBytes(StandardCharsets.UTF_8)));
    }

    /** One chain ID for each diff ID, both lowest first. */
    public static List<ChainId> chain(List<DiffId> diffIds) {
        List<ChainId> chain = new ArrayList<>(diffIds.size());
        for (DiffId diffId : diffIds) {
            chain.add(chain.isEmpty() ? ofLowest(diffId) : chain.getLast().then(diffId));
        }
        return List.copyOf(chain);
    }

    /** {@code algorithm:hex} */
    @Override
    public String toString() {
        return digest.toString();
    }
}
