package mille.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
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

/** An image of one layer, made of the tar of a whole root file system: what {@code import} brings in. */
public final class RootfsImage {
    private RootfsImage() {}

    /**
     * Reads the file once to know its digests; the result reads it again.
     *
     * @param tar plain or compressed; it doesn't change meanwhile
     */
    public static LocalImage of(Path tar) throws IOException {
        MessageDigest packed = Digest.Algorithm.SHA256.newMessageDigest();
        MessageDigest plain = Digest.Algorithm.SHA256.newMessageDigest();
        try (InputStream file = new DigestInputStream(Files.newInputStream(tar), packed);
                InputStream content = new DigestInputStream(Compression.decompress(file), plain)) {
            content.transferTo(OutputStream.nullOutputStream());
            file.transferTo(OutputStream.nullOutputStream());
        }
        Digest digest = Digest.finish(Digest.Algorithm.SHA256, packed);
        DiffId diffId = new DiffId(Digest.finish(Digest.Algorithm.SHA256, plain));
        boolean compressed = !digest.equals(diffId.digest());
        Descriptor layer =
                new Descriptor(compressed ? MediaType.OCI_LAYER_GZIP : MediaType.OCI_LAYER, digest, Files.size(tar));
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        LocalImage image = new LocalImage(ImageConfig.empty(Platform.host()));
        image.addLayer(tar, layer, diffId, new HistoryEntry(now, "", "", "Imported from " + tar.getFileName(), false));
        return image;
    }
}
