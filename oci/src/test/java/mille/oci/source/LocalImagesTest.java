package mille.oci.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mille.oci.Command;
import mille.oci.Descriptor;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.Index;
import mille.oci.MediaType;
import mille.oci.Platform;
import mille.oci.RawManifest;
import mille.oci.Reference;
import mille.oci.SampleImage;
import mille.oci.blob.BlobMismatchException;
import mille.oci.blob.Compression;
import mille.oci.blob.MeasuringInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layouts and archives that skopeo, umoci and we write. */
class LocalImagesTest {
    private static final Platform AMD64 = Platform.parse("linux/amd64");

    @TempDir
    private Path directory;

    private ImageSource open(String name) throws IOException {
        Path temporary = Files.createDirectories(directory.resolve("temporary"));
        return LocalImages.open(directory.resolve(name), temporary);
    }

    /** Reads everything through its verifications and checks each layer's diff ID. */
    private static ResolvedImage readWhole(ImageSource source) throws IOException {
        ResolvedImage image = source.resolve(source.images().getFirst().descriptor(), AMD64);
        for (ResolvedImage.Layer layer : image.layers()) {
            try (InputStream blob = source.blob(layer.blob())) {
                var tar = new MeasuringInputStream(Compression.decompress(blob), Digest.Algorithm.SHA256);
                tar.drain();
                assertEquals(layer.diffId(), new DiffId(tar.digest()));
            }
        }
        return image;
    }

    @ParameterizedTest
    @CsvSource({
        "oci:copy:x, copy, 0",
        "oci-archive:copy.tar:host.name/some/image:tag, copy.tar, 1",
        "docker-archive:copy.tar:host.name/some/image:tag, copy.tar, 1",
        "docker-archive:copy.tar, copy.tar, 0",
        "dir:copy, '', 0"
    })
    void whatSkopeoCopiesIsRead(String destination, String opened, int names) throws IOException {
        SampleImage.write(directory.resolve("layout"), "x", AMD64, Compression.GZIP);
        Command.run(directory, "skopeo", "copy", "--quiet", "oci:layout:x", destination);
        if (opened.isEmpty()) {
            assertThrows(IOException.class, () -> open("copy").close(), "skopeo's own directory format");
            return;
        }

        try (ImageSource source = open(opened)) {
            ResolvedImage image = readWhole(source);

            assertEquals(SampleImage.PROCESS, image.config().process());
            assertEquals(AMD64, image.config().platform());
            List<Reference> found = source.images().getFirst().names();
            assertEquals(names == 0 ? List.of() : List.of(Reference.parse("host.name/some/image:tag")), found);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd -q --rm"})
    void aCompressedArchiveIsReadFromACopyThatDoesNotStay(String tool) throws IOException {
        SampleImage.write(directory.resolve("layout"), "x", AMD64, Compression.GZIP);
        Command.shell(
                directory,
                "skopeo copy --quiet oci:layout:x docker-archive:a.tar:a/b:c; " + tool + " a.tar; mv a.tar.* a");

        try (ImageSource source = open("a")) {
            readWhole(source);
            try (var left = Files.list(directory.resolve("temporary"))) {
                assertEquals(0, left.count());
            }
        }
    }

    @Test
    void aLayerThatAnArchiveNamesByALinkIsFound() throws IOException {
        SampleImage.write(directory.resolve("layout"), "x", AMD64, Compression.GZIP);
        Command.shell(
                directory,
                "skopeo copy --quiet oci:layout:x docker-archive:a.tar:a/b:c; mkdir a; tar -C a -xf a.tar; cd a; "
                        + "for layer in ????????????????????????????????????????????????????????????????.tar; "
                        + "do for d in */; do ln -sf ../$layer $d$layer; done; done; d=$(ls -d */ | head -1); "
                        + "sed -i -E 's#([0-9a-f]{64}.tar)#'$d'\\1#g' manifest.json; tar -cf ../linked.tar .");

        try (ImageSource source = open("linked.tar")) {
            readWhole(source);
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void whatWeWriteIsReadBySkopeoAndUs(Compression compression) throws IOException {
        ResolvedImage image = SampleImage.write(directory.resolve("layout"), "x", AMD64, compression);

        String inspected = Command.run(directory, "skopeo", "inspect", "oci:layout:x");

        assertTrue(inspected.contains(image.rawManifest().digest().toString()), inspected);
        try (ImageSource source = open("layout")) {
            ResolvedImage read = readWhole(source);
            assertEquals(image.manifest(), read.manifest());
            assertEquals(image.config(), read.config());
            assertEquals(image.rawConfig().digest(), read.rawConfig().digest());
        }
    }

    @Test
    void umociUnpacksWhatWeWriteAndWeReadWhatItPacks() throws IOException {
        SampleImage.write(directory.resolve("layout"), "x", AMD64, Compression.GZIP);
        Command.shell(
                directory,
                "umoci unpack --image layout:x bundle; test $(cat bundle/rootfs/file1) = linux/amd64; "
                        + "rm bundle/rootfs/file0; umoci repack --image layout:x bundle");

        try (ImageSource source = open("layout")) {
            assertEquals(3, readWhole(source).layers().size());
        }
    }

    @Test
    void anIndexLeadsToTheManifestOfThePlatform() throws IOException {
        Path layout = directory.resolve("layout");
        ResolvedImage arm = SampleImage.write(layout, "arm", Platform.parse("linux/arm64"), Compression.GZIP);
        ResolvedImage amd = SampleImage.write(layout, "amd", AMD64, Compression.GZIP);
        OciLayoutWriter writer = new OciLayoutWriter(layout);
        RawManifest index = RawManifest.of(Index.of(List.of(
                arm.rawManifest().descriptor().withPlatform(arm.config().platform()),
                amd.rawManifest().descriptor().withPlatform(AMD64))));
        writer.addBlob(index.descriptor(), new ByteArrayInputStream(index.bytes()));
        Files.write(
                layout.resolve("index.json"),
                Index.of(List.of(index.descriptor())).toJson());

        try (ImageSource source = open("layout")) {
            Descriptor root = source.images().getFirst().descriptor();
            assertEquals(MediaType.OCI_INDEX, root.mediaType());
            assertEquals(
                    arm.config(),
                    source.resolve(root, Platform.parse("linux/arm64/v8")).config());
            assertEquals(amd.config(), source.resolve(root, AMD64).config());
            var refusal = assertThrows(
                    NoSuchPlatformException.class, () -> source.resolve(root, Platform.parse("linux/s390x")));
            assertEquals(
                    "no manifest for platform linux/s390x; there is one for: linux/arm64, linux/amd64",
                    refusal.getMessage());
        }
    }

    @Test
    void aBlobThatWasChangedIsFoundOut() throws IOException {
        ResolvedImage image = SampleImage.write(directory.resolve("layout"), "x", AMD64, Compression.GZIP);
        Descriptor layer = image.manifest().layers().getFirst();
        Path blob = directory.resolve("layout").resolve(OciLayout.pathOf(layer.digest()));
        byte[] bytes = Files.readAllBytes(blob);
        bytes[bytes.length / 2] ^= 1;
        Files.write(blob, bytes);

        try (ImageSource source = open("layout");
                InputStream in = source.blob(layer)) {
            assertThrows(BlobMismatchException.class, in::readAllBytes);
        }
    }

    @Test
    void indexesThatLeadToIndexesComeToAnEnd() throws IOException {
        // Digests forbid a true circle, so a chain of indexes stands for it.
        Path layout = directory.resolve("layout");
        OciLayoutWriter writer = new OciLayoutWriter(layout);
        Descriptor below = Descriptor.of(MediaType.OCI_MANIFEST, new byte[] {1});
        for (int depth = 0; depth < 8; depth++) {
            RawManifest index = RawManifest.of(Index.of(List.of(below)));
            writer.addBlob(index.descriptor(), new ByteArrayInputStream(index.bytes()));
            below = index.descriptor();
        }
        writer.finish();
        Files.write(layout.resolve("index.json"), Index.of(List.of(below)).toJson());

        try (ImageSource source = open("layout")) {
            Descriptor root = source.images().getFirst().descriptor();
            assertThrows(IOException.class, () -> source.resolve(root, AMD64));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../outside", "link"})
    void aDocumentCannotNameAFileOutside(String config) throws IOException {
        Path archive = Files.createDirectories(directory.resolve("archive"));
        Files.writeString(directory.resolve("outside"), "{}");
        Files.createSymbolicLink(archive.resolve("link"), directory.resolve("outside"));
        Files.writeString(
                archive.resolve("manifest.json"), "[{\"Config\":\"" + config + "\",\"RepoTags\":null,\"Layers\":[]}]");

        var refusal = assertThrows(IOException.class, () -> open("archive").close());

        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains("is missing in") || message.contains("'..' component"), message);
    }

    @Test
    void whatIsNoArchiveIsSaidToBeNone() throws IOException {
        Files.write(directory.resolve("text"), "hello".repeat(1000).getBytes(StandardCharsets.UTF_8));
        Files.createDirectories(directory.resolve("empty"));
        Command.shell(directory, "tar -cf rootfs.tar empty");

        assertThrows(IOException.class, () -> open("text").close());
        assertThrows(IOException.class, () -> open("nothing").close());
        var refusal = assertThrows(IOException.class, () -> open("rootfs.tar").close());
        assertTrue(String.valueOf(refusal.getMessage()).contains("no image archive"), refusal.getMessage());
    }
}
