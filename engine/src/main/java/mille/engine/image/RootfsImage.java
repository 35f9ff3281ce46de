package mille.engine.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import mille.oci.Descriptor;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.HistoryEntry;
import mille.oci.ImageConfig;
import mille.oci.MediaType;
import mille.oci.Platform;
import mille.oci.blob.Compression;
import mille.oci.blob.MeasuringInputStream;

/** An image of one layer, made of the tar of a whole root file system: what {@code import} brings in. */
public final class RootfsImage {
    private RootfsImage() {}

    /**
     * Reads the file once to know its digests; the result reads it again.
     *
     * @param tar plain or compressed; it doesn't change meanwhile
     */
    public static LocalImage of(Path tar) throws IOException {
        try (var packed = new MeasuringInputStream(Files.newInputStream(tar), Digest.Algorithm.SHA256)) {
            BufferedInputStream start = new BufferedInputStream(packed);
            MediaType mediaType = switch (Compression.detect(start)) {
                case NONE -> MediaType.OCI_LAYER;
                case GZIP -> MediaType.OCI_LAYER_GZIP;
                case ZSTD -> MediaType.OCI_LAYER_ZSTD;
            };
            var plain = new MeasuringInputStream(Compression.decompress(start), Digest.Algorithm.SHA256);
            plain.drain();
            start.transferTo(OutputStream.nullOutputStream()); // what a decompressor leaves belongs to the blob too
            Descriptor layer = new Descriptor(mediaType, packed.digest(), packed.sizeBytes());
            return of(tar, layer, new DiffId(plain.digest()));
        }
    }

    private static LocalImage of(Path tar, Descriptor layer, DiffId diffId) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        LocalImage image = new LocalImage(ImageConfig.empty(Platform.host()));
        image.addLayer(tar, layer, diffId, new HistoryEntry(now, "", "", "Imported from " + tar.getFileName(), false));
        return image;
    }
}
