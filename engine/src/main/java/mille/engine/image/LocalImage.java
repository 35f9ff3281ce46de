package mille.engine.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mille.oci.Descriptor;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.HistoryEntry;
import mille.oci.ImageConfig;
import mille.oci.MediaType;
import mille.oci.source.ResolvedImage;

/** An image that is put together on this machine, layer by layer. */
public final class LocalImage implements BlobReader {
    private final Map<Digest, BlobReader> blobs = new HashMap<>();
    private final List<Descriptor> layers = new ArrayList<>();
    private ImageConfig config;

    /**
     * Begins with no layers.
     *
     * @param config what every layer is added to
     */
    LocalImage(ImageConfig config) {
        this.config = config;
    }

    /** Adds a layer that travels as a plain tar. */
    void addLayer(byte[] tar, HistoryEntry history) {
        Descriptor layer = Descriptor.of(MediaType.OCI_LAYER, tar);
        add(layer, new DiffId(layer.digest()), history, _ -> new ByteArrayInputStream(tar));
    }

    /**
     * Adds a layer that lies in a file, compressed or not. The file doesn't change before the image is assembled.
     *
     * @param diffId of the tar in it
     */
    void addLayer(Path file, Descriptor layer, DiffId diffId, HistoryEntry history) {
        add(layer, diffId, history, _ -> Files.newInputStream(file));
    }

    private void add(Descriptor layer, DiffId diffId, HistoryEntry history, BlobReader content) {
        layers.add(layer);
        blobs.put(layer.digest(), content);
        config = config.withLayer(diffId, history);
    }

    /** The image as it is now. */
    public ResolvedImage resolved() {
        return ResolvedImage.assemble(config, layers);
    }

    @Override
    public InputStream open(Descriptor blob) throws IOException {
        BlobReader content = blobs.get(blob.digest());
        if (content == null) {
            throw new IOException("no such blob: " + blob.digest());
        }
        return content.open(blob);
    }
}
