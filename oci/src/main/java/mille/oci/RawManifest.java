package mille.oci;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import mille.oci.json.JsonFields;
import org.jspecify.annotations.Nullable;

/** A manifest or an index with the very bytes that it came in: they are what its digest is of, and what is stored. */
public final class RawManifest {
    /** What registries accept at most, and we too: 4 MiB. */
    public static final int MAX_BYTES = 4 << 20;

    private final byte[] bytes;
    private final Descriptor descriptor;
    private final ManifestDocument document;

    private RawManifest(byte[] bytes, ManifestDocument document) {
        this.bytes = bytes;
        this.document = document;
        this.descriptor = Descriptor.of(document.mediaType(), bytes);
    }

    /**
     * Reads a document of either kind. Its own {@code mediaType} decides; where it names none, what it was served as; without that, its
     * fields. One whose fields say the contrary of its type is refused: readers that guess differently could be shown different images.
     *
     * @param servedAs the type that a registry or a descriptor gives, {@code null} where nobody says
     * @throws IOException where it is malformed, too large, or no manifest that we can run
     */
    public static RawManifest parse(byte[] bytes, @Nullable MediaType servedAs) throws IOException {
        if (bytes.length > MAX_BYTES) {
            throw new IOException("the manifest has " + bytes.length + " bytes, more than " + MAX_BYTES);
        }
        JsonFields fields = JsonFields.parse(bytes, "manifest");
        MediaType mediaType = typeOf(fields, servedAs);
        if (mediaType.isSchema1() || Objects.equals(fields.number("schemaVersion"), 1L)) {
            throw new IOException("the manifest has Docker's schema 1, which is no longer supported");
        }
        if (!mediaType.isIndex() && !mediaType.isManifest()) {
            throw new IOException("not an image's manifest: " + mediaType);
        }
        if (mediaType.isIndex() ? fields.has("layers") || fields.has("config") : fields.has("manifests")) {
            throw fields.malformed("its fields are not those of a " + mediaType);
        }
        return new RawManifest(
                bytes.clone(), mediaType.isIndex() ? readIndex(fields, mediaType) : readManifest(fields, mediaType));
    }

    /** A document of ours with the bytes that {@link ManifestDocument#toJson} gives. */
    public static RawManifest of(ManifestDocument document) {
        return new RawManifest(document.toJson(), document);
    }

    private static MediaType typeOf(JsonFields fields, @Nullable MediaType servedAs) throws IOException {
        MediaType own = fields.value("mediaType", MediaType::parse);
        boolean servedAsManifest = servedAs != null && (servedAs.isIndex() || servedAs.isManifest());
        if (own != null) {
            if (servedAsManifest && !own.equals(servedAs)) {
                throw fields.malformed("it is served as " + servedAs + " and calls itself " + own);
            }
            return own;
        }
        if (servedAs != null && (servedAsManifest || servedAs.isSchema1())) {
            return servedAs;
        }
        return fields.has("manifests") ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
    }

    private static Index readIndex(JsonFields fields, MediaType mediaType) throws IOException {
        return new Index(mediaType, descriptors(fields, "manifests"), fields.stringMap("annotations"));
    }

    private static Manifest readManifest(JsonFields fields, MediaType mediaType) throws IOException {
        return new Manifest(
                mediaType,
                Descriptor.read(fields.requiredObject("config")),
                descriptors(fields, "layers"),
                fields.stringMap("annotations"));
    }

    private static List<Descriptor> descriptors(JsonFields fields, String key) throws IOException {
        List<Descriptor> descriptors = new ArrayList<>();
        for (JsonFields child : fields.objects(key)) {
            descriptors.add(Descriptor.read(child));
        }
        return descriptors;
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Type, SHA-256 and size of the bytes. */
    public Descriptor descriptor() {
        return descriptor;
    }

    public Digest digest() {
        return descriptor.digest();
    }

    public ManifestDocument document() {
        return document;
    }
}
