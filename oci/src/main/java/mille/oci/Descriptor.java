package mille.oci;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import mille.oci.json.JsonFields;
import mille.oci.json.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Points at a blob: what it is, what its bytes hash to, how many there are (OCI image spec, descriptor).
 *
 * @param platform only in an index
 * @param urls where a foreign layer may be had; usually empty
 */
public record Descriptor(
        MediaType mediaType,
        Digest digest,
        long sizeBytes,
        @Nullable Platform platform,
        List<String> urls,
        Map<String, String> annotations) {

    public Descriptor {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("negative size: " + sizeBytes);
        }
        urls = List.copyOf(urls);
        annotations = Map.copyOf(annotations);
    }

    public Descriptor(MediaType mediaType, Digest digest, long sizeBytes) {
        this(mediaType, digest, sizeBytes, null, List.of(), Map.of());
    }

    /** The descriptor of these bytes, by SHA-256. */
    public static Descriptor of(MediaType mediaType, byte[] bytes) {
        return new Descriptor(mediaType, Digest.of(bytes), bytes.length);
    }

    public Descriptor withAnnotations(Map<String, String> other) {
        return new Descriptor(mediaType, digest, sizeBytes, platform, urls, other);
    }

    public Descriptor withPlatform(Platform other) {
        return new Descriptor(mediaType, digest, sizeBytes, other, urls, annotations);
    }

    static Descriptor read(JsonFields fields) throws IOException {
        long sizeBytes = fields.requiredNumber("size");
        if (sizeBytes < 0) {
            throw fields.malformed("size", "is negative");
        }
        return new Descriptor(
                fields.requiredValue("mediaType", MediaType::parse),
                fields.requiredValue("digest", Digest::parse),
                sizeBytes,
                readPlatform(fields.object("platform")),
                fields.strings("urls"),
                fields.stringMap("annotations"));
    }

    private static @Nullable Platform readPlatform(@Nullable JsonFields fields) throws IOException {
        // Indexes of artifacts write empty strings for "on any".
        if (fields == null
                || fields.stringOrEmpty("os").isEmpty()
                || fields.stringOrEmpty("architecture").isEmpty()) {
            return null;
        }
        try {
            return new Platform(
                    fields.requiredString("os"), fields.requiredString("architecture"), fields.string("variant"));
        } catch (IllegalArgumentException e) {
            throw fields.malformed(String.valueOf(e.getMessage()));
        }
    }

    JsonText toJson() {
        JsonText json = new JsonText()
                .put("mediaType", mediaType.value())
                .put("digest", digest.toString())
                .put("size", sizeBytes)
                .putStrings("urls", urls)
                .put("annotations", annotations);
        if (platform != null) {
            json.put(
                    "platform",
                    new JsonText()
                            .put("architecture", platform.architecture())
                            .put("os", platform.os())
                            .put("variant", platform.variant()));
        }
        return json;
    }
}
