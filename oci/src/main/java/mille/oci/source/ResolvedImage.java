package mille.oci.source;

import java.util.ArrayList;
import java.util.List;
import mille.oci.Descriptor;
import mille.oci.DiffId;
import mille.oci.ImageConfig;
import mille.oci.Manifest;
import mille.oci.MediaType;
import mille.oci.RawConfig;
import mille.oci.RawManifest;

/**
 * One image for one platform, down to its layers.
 *
 * @param rawManifest the bytes of {@code manifest}
 */
public record ResolvedImage(RawManifest rawManifest, Manifest manifest, RawConfig rawConfig) {

    /** A layer's blob and what its tar must digest to. */
    public record Layer(Descriptor blob, DiffId diffId) {}

    public ResolvedImage {
        if (manifest.layers().size() != rawConfig.config().diffIds().size()) {
            throw new IllegalArgumentException("manifest and config differ in their number of layers");
        }
    }

    /**
     * An image of ours: its manifest and config are made here, in OCI's form.
     *
     * @param layers the blobs of the config's diff IDs, lowest first
     */
    public static ResolvedImage assemble(ImageConfig config, List<Descriptor> layers) {
        RawConfig rawConfig = RawConfig.of(config);
        Manifest manifest = Manifest.of(Descriptor.of(MediaType.OCI_CONFIG, rawConfig.bytes()), layers);
        return new ResolvedImage(RawManifest.of(manifest), manifest, rawConfig);
    }

    public ImageConfig config() {
        return rawConfig.config();
    }

    /** The layers, lowest first. */
    public List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < manifest.layers().size(); i++) {
            layers.add(new Layer(manifest.layers().get(i), config().diffIds().get(i)));
        }
        return List.copyOf(layers);
    }
}
