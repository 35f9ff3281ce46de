package mille.oci.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.Index;
import mille.oci.MediaType;
import mille.oci.Platform;
import mille.oci.RawManifest;
import mille.oci.Reference;
import mille.oci.SampleImage;
import mille.oci.blob.Compression;
import mille.oci.blob.MeasuringInputStream;
import mille.oci.source.ImageSource;
import mille.oci.source.NoSuchPlatformException;
import mille.oci.source.OciLayoutWriter;
import mille.oci.source.ResolvedImage;
import mille.testkit.RegistryServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pulls from Debian's registry what skopeo pushed. */
class RegistryPullTest {
    static final RetryPolicy QUICK = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(5));
    private static final Platform AMD64 = Platform.parse("linux/amd64");

    @TempDir
    private static Path shared;

    private static RegistryServer open;
    private static RegistryServer closed;
    private static ResolvedImage image;

    @BeforeAll
    static void startRegistries() throws IOException, InterruptedException {
        open = RegistryServer.start(shared.resolve("open"), RegistryServer.Access.EVERYONE);
        closed = RegistryServer.start(shared.resolve("closed"), RegistryServer.Access.WITH_PASSWORD);
        image = SampleImage.write(shared.resolve("layout"), "x", AMD64, Compression.GZIP);
        open.push(shared, "oci:layout:x", "some/image:tag");
        closed.push(shared, "oci:layout:x", "some/image:tag");
    }

    @AfterAll
    static void stopRegistries() {
        open.close();
        closed.close();
    }

    /** Reads everything through its verifications, each layer by a thread of its own, and checks the diff IDs. */
    static ResolvedImage pull(RegistryClient client, String name) throws IOException {
        try (ImageSource source = client.open(Reference.parse(name))) {
            ResolvedImage pulled = source.resolve(source.images().getFirst().descriptor(), AMD64);
            List<DiffId> read = pulled.layers().parallelStream()
                    .map(layer -> {
                        try (InputStream blob = source.blob(layer.blob())) {
                            var tar = new MeasuringInputStream(Compression.decompress(blob), Digest.Algorithm.SHA256);
                            tar.drain();
                            return new DiffId(tar.digest());
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
            assertEquals(pulled.config().diffIds(), read);
            return pulled;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static RegistryClient anonymous() {
        return new RegistryClient(CredentialStore.none(), QUICK);
    }

    @Test
    void anImageIsPulledByTagAndByDigest() throws IOException {
        try (RegistryClient client = anonymous()) {
            ResolvedImage byTag = pull(client, open.host() + "/some/image:tag");
            assertEquals(image.rawManifest().digest(), byTag.rawManifest().digest());
            assertEquals(image.config(), byTag.config());
            pull(client, open.host() + "/some/image@" + image.rawManifest().digest());
        }
    }

    @Test
    void localhostIsALoopbackAddressToo() throws IOException {
        try (RegistryClient client = anonymous()) {
            pull(client, "localhost:" + open.port() + "/some/image:tag");
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void layersMayBeCompressedInAnyWay(Compression compression, @TempDir Path directory) throws IOException {
        SampleImage.write(directory.resolve("layout"), "x", AMD64, compression);
        open.push(directory, "oci:layout:x", "compressed:" + compression.name().toLowerCase(Locale.ROOT));

        try (RegistryClient client = anonymous()) {
            pull(client, open.host() + "/compressed:" + compression.name().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void dockersMediaTypesAreReadAsOcis() throws IOException {
        open.push(shared, "oci:layout:x", "docker/form:1", "--format", "v2s2");

        try (RegistryClient client = anonymous()) {
            ResolvedImage pulled = pull(client, open.host() + "/docker/form:1");
            assertEquals(MediaType.DOCKER_MANIFEST, pulled.manifest().mediaType());
            assertEquals(SampleImage.PROCESS, pulled.config().process());
        }
    }

    @Test
    void anIndexGivesThePlatformOrSaysWhichThereAre(@TempDir Path directory) throws IOException {
        Path layout = directory.resolve("layout");
        ResolvedImage arm = SampleImage.write(layout, "arm", Platform.parse("linux/arm/v7"), Compression.GZIP);
        ResolvedImage amd = SampleImage.write(layout, "amd", AMD64, Compression.GZIP);
        RawManifest index = RawManifest.of(Index.of(List.of(
                arm.rawManifest().descriptor().withPlatform(arm.config().platform()),
                amd.rawManifest().descriptor().withPlatform(AMD64))));
        new OciLayoutWriter(layout).addBlob(index.descriptor(), new ByteArrayInputStream(index.bytes()));
        Files.write(
                layout.resolve("index.json"),
                Index.of(List.of(
                                index.descriptor().withAnnotations(Map.of("org.opencontainers.image.ref.name", "all"))))
                        .toJson());
        open.push(directory, "oci:layout:all", "multi:1", "--all");

        try (RegistryClient client = anonymous();
                ImageSource source = client.open(Reference.parse(open.host() + "/multi:1"))) {
            var root = source.images().getFirst().descriptor();
            assertEquals(index.digest(), root.digest());
            assertEquals(amd.config(), pull(client, open.host() + "/multi:1").config());
            assertEquals(
                    arm.config(), source.resolve(root, Platform.parse("arm/v7")).config());
            var refusal = assertThrows(
                    NoSuchPlatformException.class, () -> source.resolve(root, Platform.parse("linux/arm64")));
            assertEquals(
                    "no manifest for platform linux/arm64; there is one for: linux/arm, linux/amd64",
                    refusal.getMessage());
        }
    }

    @Test
    void whatIsNotThereIsNotFound() {
        try (RegistryClient client = anonymous()) {
            for (String name :
                    List.of("some/image:other", "no/such/image:tag", "some/image@" + Digest.of(new byte[0]))) {
                var refusal = assertThrows(
                        RegistryException.class, () -> client.open(Reference.parse(open.host() + "/" + name)));
                assertEquals(RegistryException.Reason.NOT_FOUND, refusal.reason());
                assertTrue(String.valueOf(refusal.getMessage()).contains(name + " not found in " + open.host()));
            }
        }
    }

    @Test
    void aRegistryThatIsNotThereIsUnreachable() {
        try (RegistryClient client = anonymous()) {
            var noHost = assertThrows(
                    RegistryException.class, () -> client.open(Reference.parse("no-such-host.invalid/image")));
            assertEquals("no such host: no-such-host.invalid", noHost.getMessage());
            var noServer =
                    assertThrows(RegistryException.class, () -> client.open(Reference.parse("127.0.0.1:1/image")));
            assertEquals(RegistryException.Reason.UNREACHABLE, noServer.reason());
            assertTrue(String.valueOf(noServer.getMessage()).startsWith("can't connect to 127.0.0.1:1"));
        }
    }

    private static DockerConfig config(Path directory, String json) throws IOException {
        Path file = directory.resolve("config.json");
        Files.writeString(file, json);
        return new DockerConfig(file, Map.of("PATH", directory + ":" + System.getenv("PATH")));
    }

    private static String auths(String host, String userAndPassword) {
        String auth = Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
        return "{\"auths\":{\"other.host\":{},\"" + host + "\":{\"auth\":\"" + auth + "\"}}}";
    }

    @Test
    void aLogInOfDockerOpensARegistry(@TempDir Path directory) throws IOException {
        String both = RegistryServer.USER + ":" + RegistryServer.PASSWORD;
        for (String key : List.of(closed.host(), "http://" + closed.host() + "/v1/")) {
            try (RegistryClient client = new RegistryClient(config(directory, auths(key, both)), QUICK)) {
                pull(client, closed.host() + "/some/image:tag");
            }
        }
    }

    @Test
    void aCredentialHelperOpensARegistry(@TempDir Path directory) throws IOException {
        Path helper = directory.resolve("docker-credential-test");
        Files.writeString(helper, """
                #!/bin/sh
                read -r host
                [ "$1 $host" = "get %s" ] || { echo 'credentials not found in native keychain'; exit 1; }
                echo '{"ServerURL":"x","Username":"%s","Secret":"%s"}'
                """.formatted(closed.host(), RegistryServer.USER, RegistryServer.PASSWORD));
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String json : List.of(
                "{\"credHelpers\":{\"" + closed.host() + "\":\"test\"}}", "{\"credsStore\":\"test\",\"auths\":{}}")) {
            try (RegistryClient client = new RegistryClient(config(directory, json), QUICK)) {
                pull(client, closed.host() + "/some/image:tag");
                // The helper knows nothing of this one, which needs nothing.
                pull(client, open.host() + "/some/image:tag");
            }
        }
    }

    @Test
    void aRegistryThatWantsCredentialsSaysSo(@TempDir Path directory) throws IOException {
        Reference reference = Reference.parse(closed.host() + "/some/image:tag");
        DockerConfig missing = new DockerConfig(directory.resolve("missing"), Map.of());
        try (RegistryClient client = new RegistryClient(missing, QUICK)) {
            var refusal = assertThrows(RegistryException.class, () -> client.open(reference));
            assertEquals(RegistryException.Reason.UNAUTHORIZED, refusal.reason());
            assertTrue(String.valueOf(refusal.getMessage()).contains("docker login " + closed.host()));
        }
        try (RegistryClient client =
                new RegistryClient(config(directory, auths(closed.host(), "someone:wrong")), QUICK)) {
            var refusal = assertThrows(RegistryException.class, () -> client.open(reference));
            assertEquals(closed.host() + " refuses the credentials that it was shown", refusal.getMessage());
        }
    }

    @Test
    void aBrokenDockerConfigIsNamed(@TempDir Path directory) throws IOException {
        for (String json :
                List.of("{", "{\"auths\":7}", auths(closed.host(), "nocolon"), "{\"credsStore\":\"../x\"}")) {
            try (RegistryClient client = new RegistryClient(config(directory, json), QUICK)) {
                var refusal = assertThrows(
                        RegistryException.class, () -> client.open(Reference.parse(closed.host() + "/some/image:tag")));
                assertTrue(
                        String.valueOf(refusal.getMessage())
                                .contains(directory.resolve("config.json").toString()),
                        refusal.getMessage());
            }
        }
    }
}
