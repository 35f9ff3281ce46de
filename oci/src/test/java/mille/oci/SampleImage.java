package mille.oci;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import mille.oci.blob.Compression;
import mille.oci.blob.LayerOutputStream;
import mille.oci.source.OciLayoutWriter;
import mille.oci.source.ResolvedImage;
import mille.oci.tar.ByteString;
import mille.oci.tar.TarContent;
import mille.oci.tar.TarEntry;
import mille.oci.tar.TarWriter;

/** A small image of two layers, made by our own writers. */
public final class SampleImage {
    public static final ProcessDefaults PROCESS = new ProcessDefaults(
            "1000:1000",
            List.of("PATH=/bin"),
            List.of("/bin/sh"),
            List.of("-c", "true"),
            "/w",
            Map.of("l", "v"),
            new TreeSet<>(List.of("/data")),
            new TreeSet<>(List.of("80/tcp")),
            "SIGQUIT",
            null,
            null,
            List.of(),
            List.of());

    private SampleImage() {}

    /** Writes it as an OCI layout under the name. The lower layer has a megabyte that doesn't compress. */
    public static ResolvedImage write(Path layout, String refName, Platform platform, Compression compression)
            throws IOException {
        OciLayoutWriter writer = new OciLayoutWriter(layout);
        byte[] noise = new byte[1 << 20];
        new Random(7).nextBytes(noise);
        List<Descriptor> blobs = new ArrayList<>();
        ImageConfig config = ImageConfig.empty(platform).withProcess(PROCESS);
        for (byte[] content : List.of(noise, platform.toString().getBytes(StandardCharsets.UTF_8))) {
            ByteArrayOutputStream blob = new ByteArrayOutputStream();
            var layer = new LayerOutputStream(blob, compression);
            try (TarWriter tar = new TarWriter(layer)) {
                TarEntry entry =
                        TarEntry.of(ByteString.of("file" + blobs.size()), TarContent.File.of(content.length), 0644);
                tar.write(entry, new ByteArrayInputStream(content));
            }
            writer.addBlob(layer.descriptor(), new ByteArrayInputStream(blob.toByteArray()));
            blobs.add(layer.descriptor());
            config = config.withLayer(
                    layer.diffId(), new HistoryEntry(Instant.parse("2026-01-02T03:04:05Z"), "test", "", "", false));
        }
        ResolvedImage image = ResolvedImage.assemble(config, blobs);
        writer.addImage(image, refName);
        writer.finish();
        return image;
    }
}
