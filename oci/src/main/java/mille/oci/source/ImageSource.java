package mille.oci.source;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import mille.oci.Descriptor;
import mille.oci.ImageConfig;
import mille.oci.Index;
import mille.oci.Manifest;
import mille.oci.Platform;
import mille.oci.RawConfig;
import mille.oci.RawManifest;

/**
 * Offers images: one of a registry, or those of an archive. The way to one is
 * <ol>
 * <li>{@link #images}: what is there, and how it is called
 * <li>{@link #resolve}: the manifest and config of one of them for a platform
 * <li>{@link #blob}: its layers, in any order and by several threads
 * </ol>
 *
 * <p>All that comes out is verified against its descriptor. Failures are {@link IOException}s whose message is one sentence for a person.
 */
public interface ImageSource extends Closeable {
    /** Indexes that lead to indexes: more levels than this are a mistake or a trap. */
    int MAX_INDEX_DEPTH = 4;

    /** The images, each a manifest or an index; for a registry the one that it was opened for. */
    List<SourceImage> images() throws IOException;

    /** The manifest or index that a descriptor of this source leads to. */
    RawManifest manifest(Descriptor descriptor) throws IOException;

    /**
     * The bytes of a config or a layer, as they are stored: maybe compressed. The read that would return the end throws
     * {@link mille.oci.blob.BlobMismatchException} instead, where they were the wrong ones.
     */
    InputStream blob(Descriptor descriptor) throws IOException;

    /**
     * Follows an index to the manifest that runs best on a platform, and reads the config. A manifest that no index leads to is taken
     * whatever its platform: the config tells it.
     *
     * @throws NoSuchPlatformException where an index has nothing for the platform
     */
    default ResolvedImage resolve(Descriptor image, Platform platform) throws IOException {
        Descriptor next = image;
        for (int depth = 0; depth <= MAX_INDEX_DEPTH; depth++) {
            RawManifest raw = manifest(next);
            switch (raw.document()) {
                case Manifest manifest -> {
                    return new ResolvedImage(raw, manifest, config(manifest));
                }
                case Index index -> {
                    Descriptor chosen = index.select(platform);
                    if (chosen == null) {
                        String offered = index.platforms().stream()
                                .map(Platform::toString)
                                .collect(Collectors.joining(", "));
                        throw new NoSuchPlatformException("no manifest for platform " + platform
                                + (offered.isEmpty() ? "" : "; there is one for: " + offered));
                    }
                    next = chosen;
                }
            }
        }
        throw new IOException("malformed image: its indexes lead to indexes, more than " + MAX_INDEX_DEPTH + " deep");
    }

    private RawConfig config(Manifest manifest) throws IOException {
        if (!manifest.config().mediaType().isImageConfig()) {
            throw new IOException("not a container image but an artifact of type "
                    + manifest.config().mediaType());
        }
        List<String> others = new ArrayList<>();
        for (Descriptor layer : manifest.layers()) {
            if (!layer.mediaType().isLayer()) {
                others.add(layer.mediaType().value());
            }
        }
        if (!others.isEmpty()) {
            throw new IOException("not a container image: it has layers of type " + String.join(", ", others));
        }
        RawConfig config = RawConfig.parse(readWhole(blob(manifest.config()), ImageConfig.MAX_BYTES));
        int diffIds = config.config().diffIds().size();
        if (diffIds != manifest.layers().size()) {
            throw new IOException("malformed image: its config tells of " + diffIds + " layers, its manifest of "
                    + manifest.layers().size());
        }
        return config;
    }

    /**
     * Reads a small document and closes the stream.
     *
     * @throws IOException also where it has more bytes than {@code maxBytes}
     */
    static byte[] readWhole(InputStream document, int maxBytes) throws IOException {
        try (document) {
            byte[] bytes = document.readNBytes(maxBytes);
            if (document.read() >= 0) {
                throw new IOException("a document has more than " + maxBytes + " bytes");
            }
            return bytes;
        }
    }
}
