package mille.oci;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests, indexes and configs, read and written. */
class DocumentTest {
    private static final String HEX = "ab".repeat(32);

    private static byte[] json(String text) {
        return text.replace('\'', '"').replace("HEX", HEX).getBytes(StandardCharsets.UTF_8);
    }

    private static final String CONFIG = "'config':{'mediaType':'application/vnd.docker.container.image.v1+json',"
            + "'size':7,'digest':'sha256:HEX'}";
    private static final String LAYERS = "'layers':[{'mediaType':'application/vnd.docker.image.rootfs.diff.tar.gzip',"
            + "'size':9,'digest':'sha256:HEX'}]";

    @Test
    void aDockerManifestIsRead() throws IOException {
        byte[] bytes = json("{'schemaVersion':2,'mediaType':'application/vnd.docker.distribution.manifest.v2+json',"
                + "'future':[{}]," + CONFIG + "," + LAYERS + "}");

        RawManifest raw = RawManifest.parse(bytes, MediaType.DOCKER_MANIFEST);

        Manifest manifest = assertInstanceOf(Manifest.class, raw.document());
        assertEquals(7, manifest.config().sizeBytes());
        assertEquals(MediaType.DOCKER_LAYER_GZIP, manifest.layers().getFirst().mediaType());
        assertEquals(Digest.of(bytes), raw.digest());
        assertArrayEquals(bytes, raw.bytes());
    }

    @Test
    void aManifestWithoutATypeIsKnownByItsFields() throws IOException {
        assertEquals(
                MediaType.OCI_MANIFEST,
                RawManifest.parse(json("{'schemaVersion':2," + CONFIG + "," + LAYERS + "}"), null)
                        .document()
                        .mediaType());
        assertEquals(
                MediaType.OCI_INDEX,
                RawManifest.parse(json("{'schemaVersion':2,'manifests':[]}"), null)
                        .document()
                        .mediaType());
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        Descriptor config = new Descriptor(MediaType.OCI_CONFIG, Digest.parse("sha256:" + HEX), 5);
        Descriptor layer = new Descriptor(
                MediaType.OCI_LAYER, config.digest(), 6, null, List.of("https://example.org/l"), Map.of("a", "b"));
        Manifest manifest = new Manifest(MediaType.OCI_MANIFEST, config, List.of(layer), Map.of("x", "y"));
        Index index = Index.of(List.of(RawManifest.of(manifest).descriptor().withPlatform(Platform.parse("arm/v6"))));

        assertEquals(manifest, RawManifest.parse(manifest.toJson(), null).document());
        assertEquals(
                index, RawManifest.parse(index.toJson(), MediaType.OCI_INDEX).document());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{} {}",
                "{'schemaVersion':2}",
                "{'schemaVersion':1}",
                "{'schemaVersion':2,'mediaType':'application/vnd.docker.distribution.manifest.v1+json'}",
                "{'schemaVersion':2,'mediaType':'text/plain'}",
                "{'schemaVersion':2,'mediaType':7}",
                "{'config':{'mediaType':'a/b','size':7,'digest':'sha256:00'},'layers':[]}",
                "{'config':{'mediaType':'a/b','size':-7,'digest':'sha256:HEX'},'layers':[]}",
                "{'config':{'mediaType':'a/b','size':7.5,'digest':'sha256:HEX'},'layers':[]}",
                "{'config':{'mediaType':'a/b','size':99999999999999999999,'digest':'sha256:HEX'},'layers':[]}",
                "{'config':{'mediaType':'a b','size':7,'digest':'sha256:HEX'},'layers':[]}",
                "{'config':{'mediaType':'a/b','size':7,'digest':'sha256:HEX'},'layers':{}}",
                "{'config':{'mediaType':'a/b','size':7,'digest':'sha256:HEX'},'layers':[null]}",
                "{'manifests':[],'layers':[]}",
            })
    void aMalformedManifestIsAnIOException(String text) {
        assertThrows(IOException.class, () -> RawManifest.parse(json(text), null));
    }

    @Test
    void deepNestingIsAnIOException() {
        byte[] deep = ("{\"a\":" + "[".repeat(1_000_000)).getBytes(StandardCharsets.UTF_8);

        assertThrows(IOException.class, () -> RawManifest.parse(deep, null));
    }

    @Test
    void aMessageNamesTheField() {
        var failure = assertThrows(
                IOException.class,
                () -> RawManifest.parse(
                        json("{" + CONFIG + ",'layers':[{'mediaType':'a/b','size':1,'digest':'sha256:zz'}]}"), null));

        assertEquals("malformed manifest: layers[0].digest: malformed digest: sha256:zz", failure.getMessage());
    }

    @Test
    void aManifestServedAsSomethingElseIsRefused() {
        byte[] index = json("{'schemaVersion':2,'mediaType':'application/vnd.oci.image.index.v1+json','manifests':[]}");

        assertThrows(IOException.class, () -> RawManifest.parse(index, MediaType.OCI_MANIFEST));
    }

    @Test
    void tooLargeAManifestIsRefused() {
        assertThrows(IOException.class, () -> RawManifest.parse(new byte[RawManifest.MAX_BYTES + 1], null));
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, 0",
        "linux/amd64/v3, 1",
        "linux/amd64/v4, 1",
        "linux/amd64/v2, 0",
        "linux/arm/v7, 3",
        "linux/arm/v6, 2",
        "linux/arm/v8, 3",
        "linux/arm64, 4",
        "linux/arm64/v9, 4"
    })
    void anIndexGivesTheBestOfAPlatform(String wanted, int expected) {
        List<Descriptor> offers = Stream.of(
                        "linux/amd64",
                        "linux/amd64/v3",
                        "linux/arm/v6",
                        "linux/arm/v7",
                        "linux/arm64/v8",
                        "unknown/unknown")
                .map(name -> Descriptor.of(MediaType.OCI_MANIFEST, name.getBytes(StandardCharsets.UTF_8))
                        .withPlatform(Platform.parse(name)))
                .toList();

        assertEquals(offers.get(expected), Index.of(offers).select(Platform.parse(wanted)));
    }

    @Test
    void anEntryWithAnEmptyPlatformIsForAny() throws IOException {
        byte[] index = json("{'manifests':[{'mediaType':'application/vnd.oci.image.manifest.v1+json','size':1,"
                + "'digest':'sha256:HEX','platform':{'os':'linux','architecture':''}}]}");

        Index read = assertInstanceOf(
                Index.class, RawManifest.parse(index, MediaType.OCI_INDEX).document());

        assertNull(read.manifests().getFirst().platform());
    }

    @Test
    void anIndexWithoutThePlatformGivesNothing() {
        Descriptor offer = Descriptor.of(MediaType.OCI_MANIFEST, new byte[0]);
        Index index = Index.of(List.of(
                offer.withPlatform(Platform.parse("amd64")), offer.withPlatform(Platform.parse("unknown/unknown"))));

        assertNull(index.select(Platform.parse("s390x")));
        assertEquals(List.of(Platform.parse("amd64")), index.platforms());
        assertEquals(offer, Index.of(List.of(offer)).select(Platform.parse("s390x")));
    }

    private static final String FULL_CONFIG = "{'architecture':'arm','variant':'v6','os':'linux','author':'A',"
            + "'created':'2024-01-02T03:04:05.123456789+01:00','docker_version':'x','config':{'User':'1:2',"
            + "'Env':['PATH=/bin','A='],'Entrypoint':['/e'],'Cmd':['c',''],'WorkingDir':'/w','Labels':{'b':'1','a':''},"
            + "'Volumes':{'/v':{}},'ExposedPorts':{'80/tcp':{},'53/udp':{}},'StopSignal':'SIGQUIT','StopTimeout':3,"
            + "'Healthcheck':{'Test':['CMD','true'],'Interval':5,'Retries':2},'Shell':['/bin/sh'],'OnBuild':['RUN x'],"
            + "'Hostname':'','Image':null},'rootfs':{'type':'layers','diff_ids':['sha256:HEX']},"
            + "'history':[{'created':'2024-01-02T02:04:05Z','created_by':'ADD','comment':'c','author':'a'},"
            + "{'created_by':'CMD','empty_layer':true}]}";

    @Test
    void aConfigIsReadWhole() throws IOException {
        ImageConfig config = ImageConfig.parse(json(FULL_CONFIG));

        assertEquals(Platform.parse("linux/arm/v6"), config.platform());
        assertEquals(Instant.parse("2024-01-02T02:04:05.123456789Z"), config.created());
        assertEquals("A", config.author());
        assertEquals("1:2", config.process().user());
        assertEquals(List.of("PATH=/bin", "A="), config.process().env());
        assertEquals(List.of("/e"), config.process().entrypoint());
        assertEquals(List.of("c", ""), config.process().cmd());
        assertEquals("/w", config.process().workingDir());
        assertEquals(Map.of("a", "", "b", "1"), config.process().labels());
        assertEquals(Set.of("/v"), config.process().volumes());
        assertEquals(Set.of("80/tcp", "53/udp"), config.process().exposedPorts());
        assertEquals("SIGQUIT", config.process().stopSignal());
        assertEquals(3L, config.process().stopTimeoutSeconds());
        assertEquals(
                new Healthcheck(List.of("CMD", "true"), 5, 0, 0, 0, 2),
                config.process().healthcheck());
        assertEquals(List.of(DiffId.parse("sha256:" + HEX)), config.diffIds());
        assertEquals(2, config.history().size());
        assertTrue(config.history().get(1).emptyLayer());
        assertEquals(config, ImageConfig.parse(config.toJson()));
    }

    @Test
    void aConfigOfNullsIsEmpty() throws IOException {
        ImageConfig config = ImageConfig.parse(
                json(
                        "{'architecture':'amd64','os':'linux','config':{'Env':null,'Cmd':null,"
                                + "'Labels':null,'Volumes':null,'User':''},'rootfs':{'type':'layers','diff_ids':null},'history':null}"));

        assertEquals(ImageConfig.empty(Platform.parse("amd64")), config);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'architecture':'amd64','os':'linux'}",
                "{'architecture':'amd64','os':'linux','rootfs':{'type':'other','diff_ids':[]}}",
                "{'architecture':'amd64','os':'linux','rootfs':{'type':'layers','diff_ids':['x']}}",
                "{'architecture':'../..','os':'linux','rootfs':{'type':'layers','diff_ids':[]}}",
                "{'architecture':'amd64','os':'linux','created':'yesterday','rootfs':{'type':'layers','diff_ids':[]}}",
                "{'architecture':'amd64','os':'linux','config':{'Env':'A=b'},'rootfs':{'type':'layers','diff_ids':[]}}",
            })
    void aMalformedConfigIsAnIOException(String text) {
        assertThrows(IOException.class, () -> ImageConfig.parse(json(text)));
    }

    @Test
    void aConfigGrowsByALayer() {
        DiffId diffId = DiffId.parse("sha256:" + HEX);
        Instant now = Instant.parse("2026-01-01T00:00:00Z");

        ImageConfig config = ImageConfig.empty(Platform.parse("amd64"))
                .withLayer(diffId, new HistoryEntry(now, "import", "", "", false));

        assertEquals(now, config.created());
        assertEquals(List.of(ChainId.ofLowest(diffId)), config.chainIds());
    }
}
