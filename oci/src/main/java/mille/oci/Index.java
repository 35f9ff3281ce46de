package mille.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mille.oci.json.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * A list of manifests, usually of one image for several platforms (OCI image spec, index; Docker's manifest list). The {@code index.json}
 * of an OCI layout is one too.
 */
public record Index(MediaType mediaType, List<Descriptor> manifests, Map<String, String> annotations)
        implements ManifestDocument {

    public Index {
        if (!mediaType.isIndex()) {
            throw new IllegalArgumentException("not an index's media type: " + mediaType);
        }
        manifests = List.copyOf(manifests);
        annotations = Map.copyOf(annotations);
    }

    public static Index of(List<Descriptor> manifests) {
        return new Index(MediaType.OCI_INDEX, manifests, Map.of());
    }

    /**
     * The entry that runs best on a platform: its own variant before lower ones, the first of equals. An entry that names no platform
     * counts only where it is the only entry.
     *
     * @return {@code null} where nothing here runs on it
     */
    public @Nullable Descriptor select(Platform platform) {
        for (Platform candidate : platform.runnable()) {
            for (Descriptor manifest : manifests) {
                if (candidate.equals(manifest.platform())) {
                    return manifest;
                }
            }
        }
        return manifests.size() == 1 && manifests.getFirst().platform() == null ? manifests.getFirst() : null;
    }

    /** The platforms that are offered, in the index's order; {@code unknown/unknown}, the mark of attestations, is left out. */
    public List<Platform> platforms() {
        List<Platform> platforms = new ArrayList<>();
        for (Descriptor manifest : manifests) {
            Platform platform = manifest.platform();
            if (platform != null && !platform.os().equals("unknown") && !platforms.contains(platform)) {
                platforms.add(platform);
            }
        }
        return platforms;
    }

    @Override
    public byte[] toJson() {
        List<JsonText> manifestsJson = new ArrayList<>();
        for (Descriptor manifest : manifests) {
            manifestsJson.add(manifest.toJson());
        }
        return new JsonText()
                .put("schemaVersion", 2)
                .put("mediaType", mediaType.value())
                .putObjects("manifests", manifestsJson)
                .put("annotations", annotations)
                .bytes();
    }
}
