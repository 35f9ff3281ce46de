package mille.oci.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mille.oci.Descriptor;
import mille.oci.Index;
import mille.oci.MediaType;
import mille.oci.blob.VerifyingInputStream;

/** Writes an OCI image layout into a directory: blobs first, then {@link #finish}, before which nobody takes it for one. */
public final class OciLayoutWriter {
    private final Path root;
    private final List<Descriptor> images = new ArrayList<>();

    /** Makes the directory where it doesn't exist. */
    public OciLayoutWriter(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root);
    }

    /** Writes a blob, unless it is there; its bytes are verified. The stream is read to its end and stays open. */
    public void addBlob(Descriptor descriptor, InputStream bytes) throws IOException {
        Path blob = root.resolve(OciLayout.pathOf(descriptor.digest()));
        var verified = new VerifyingInputStream(bytes, descriptor);
        if (Files.exists(blob)) {
            verified.drain();
            return;
        }
        Path directory =
                root.resolve("blobs").resolve(descriptor.digest().algorithm().label());
        Files.createDirectories(directory);
        Path partial = Files.createTempFile(directory, ".partial-", "");
        try {
            try (OutputStream out = Files.newOutputStream(partial)) {
                verified.transferTo(out);
            }
            Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /**
     * Writes the config and the manifest of an image whose layers were added.
     *
     * @param refName what {@code org.opencontainers.image.ref.name} shall say
     */
    public void addImage(ResolvedImage image, String refName) throws IOException {
        addBlob(
                image.manifest().config(),
                new ByteArrayInputStream(image.rawConfig().bytes()));
        Descriptor manifest = image.rawManifest().descriptor();
        addBlob(manifest, new ByteArrayInputStream(image.rawManifest().bytes()));
        images.add(manifest.withAnnotations(Map.of(OciLayout.REF_NAME, refName)));
    }

    /** Writes {@code index.json} and the file that makes this a layout. */
    public void finish() throws IOException {
        Files.write(root.resolve(OciLayout.INDEX), new Index(MediaType.OCI_INDEX, images, Map.of()).toJson());
        Files.write(
                root.resolve(OciLayout.MARKER), "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
    }
}
