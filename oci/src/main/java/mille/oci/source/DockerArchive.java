package mille.oci.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mille.oci.Descriptor;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.ImageConfig;
import mille.oci.Manifest;
import mille.oci.MediaType;
import mille.oci.RawConfig;
import mille.oci.RawManifest;
import mille.oci.Reference;
import mille.oci.blob.Compression;
import mille.oci.blob.MeasuringInputStream;
import mille.oci.blob.VerifyingInputStream;
import mille.oci.json.JsonFields;

/**
 * What {@code docker save} wrote before it wrote OCI layouts: a {@code manifest.json} that names configs and layers' tars (Docker image
 * specification 1.2, "Combined Image JSON + Filesystem Changeset Format"). It has no manifests of its own, so each image gets one made
 * here; a layer that isn't compressed goes by its diff ID.
 */
final class DockerArchive implements ImageSource {
    static final String MANIFEST = "manifest.json";

    private final FileTree files;
    private final List<SourceImage> images = new ArrayList<>();
    private final Map<Digest, RawManifest> manifests = new HashMap<>();
    private final Map<Digest, String> blobs = new HashMap<>();
    private final Map<String, Descriptor> layersByPath = new HashMap<>();

    /** Owns the files from here on, unless it throws. Compressed layers are read once, for their digests. */
    DockerArchive(FileTree files) throws IOException {
        this.files = files;
        byte[] listing = ImageSource.readWhole(files.open(MANIFEST), RawManifest.MAX_BYTES);
        for (JsonFields image : JsonFields.parseArray(listing, MANIFEST)) {
            addImage(image);
        }
    }

    private void addImage(JsonFields image) throws IOException {
        String configPath = image.requiredString("Config");
        RawConfig config = RawConfig.parse(ImageSource.readWhole(files.open(configPath), ImageConfig.MAX_BYTES));
        List<DiffId> diffIds = config.config().diffIds();
        List<String> layerPaths = image.strings("Layers");
        if (layerPaths.size() != diffIds.size()) {
            throw image.malformed("Layers", "has " + layerPaths.size() + " layers, the config " + diffIds.size());
        }
        List<Descriptor> layers = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            layers.add(layer(layerPaths.get(i), diffIds.get(i)));
        }
        blobs.put(config.digest(), configPath);
        Descriptor configDescriptor = Descriptor.of(MediaType.OCI_CONFIG, config.bytes());
        RawManifest manifest = RawManifest.of(Manifest.of(configDescriptor, layers));
        manifests.put(manifest.digest(), manifest);
        images.add(new SourceImage(image.values("RepoTags", Reference::parse), manifest.descriptor()));
    }

    private Descriptor layer(String path, DiffId diffId) throws IOException {
        Descriptor known = layersByPath.get(path);
        if (known != null) {
            return known;
        }
        Compression compression;
        try (InputStream head = new BufferedInputStream(files.open(path))) {
            compression = Compression.detect(head);
        }
        Descriptor layer = switch (compression) {
            case NONE -> new Descriptor(MediaType.OCI_LAYER, diffId.digest(), files.sizeBytes(path));
            case GZIP -> measured(path, MediaType.OCI_LAYER_GZIP);
            case ZSTD -> measured(path, MediaType.OCI_LAYER_ZSTD);
        };
        blobs.put(layer.digest(), path);
        layersByPath.put(path, layer);
        return layer;
    }

    private Descriptor measured(String path, MediaType mediaType) throws IOException {
        try (var in = new MeasuringInputStream(files.open(path), Digest.Algorithm.SHA256)) {
            in.drain();
            return new Descriptor(mediaType, in.digest(), in.sizeBytes());
        }
    }

    @Override
    public List<SourceImage> images() {
        return List.copyOf(images);
    }

    @Override
    public RawManifest manifest(Descriptor descriptor) throws IOException {
        RawManifest manifest = manifests.get(descriptor.digest());
        if (manifest == null) {
            throw new NoSuchFileException("manifest " + descriptor.digest() + " is missing in " + files);
        }
        return manifest;
    }

    @Override
    public InputStream blob(Descriptor descriptor) throws IOException {
        String path = blobs.get(descriptor.digest());
        if (path == null) {
            throw new NoSuchFileException("blob " + descriptor.digest() + " is missing in " + files);
        }
        return new VerifyingInputStream(files.open(path), descriptor);
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
