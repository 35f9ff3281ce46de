package mille.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mille.oci.json.JsonText;

/**
 * The manifest of one image (OCI image spec, manifest; Docker's image manifest version 2, schema 2).
 *
 * @param layers lowest first
 */
public record Manifest(MediaType mediaType, Descriptor config, List<Descriptor> layers, Map<String, String> annotations)
        implements ManifestDocument {

    public Manifest {
        if (!mediaType.isManifest()) {
            throw new IllegalArgumentException("not a manifest's media type: " + mediaType);
        }
        layers = List.copyOf(layers);
        annotations = Map.copyOf(annotations);
    }

    /**
     * An OCI manifest.
     *
     * @param layers lowest first
     */
    public static Manifest of(Descriptor config, List<Descriptor> layers) {
        return new Manifest(MediaType.OCI_MANIFEST, config, layers, Map.of());
    }

    @Override
    public byte[] toJson() {
        List<JsonText> layersJson = new ArrayList<>();
        for (Descriptor layer : layers) {
            layersJson.add(layer.toJson());
        }
        return new JsonText()
                .put("schemaVersion", 2)
                .put("mediaType", mediaType.value())
                .put("config", config.toJson())
                .putObjects("layers", layersJson)
                .put("annotations", annotations)
                .bytes();
    }
}
