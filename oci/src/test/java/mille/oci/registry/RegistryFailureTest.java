package mille.oci.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mille.oci.Descriptor;
import mille.oci.Digest;
import mille.oci.Platform;
import mille.oci.Reference;
import mille.oci.SampleImage;
import mille.oci.blob.BlobMismatchException;
import mille.oci.blob.Compression;
import mille.oci.registry.FaultProxy.Action;
import mille.oci.source.ImageSource;
import mille.oci.source.ResolvedImage;
import mille.testkit.RegistryServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's registry behind a proxy that fails in every way that a network does. */
class RegistryFailureTest {
    private static final Platform AMD64 = Platform.parse("linux/amd64");
    private static final String USER_AND_PASSWORD = "me:secret";

    @TempDir
    private static Path shared;

    private static RegistryServer registry;
    private static ResolvedImage image;
    private static Descriptor layer;
    private static byte[] layerBytes;

    @BeforeAll
    static void startRegistry() throws IOException, InterruptedException {
        registry = RegistryServer.start(shared.resolve("registry"), RegistryServer.Access.EVERYONE);
        image = SampleImage.write(shared.resolve("layout"), "x", AMD64, Compression.GZIP);
        registry.push(shared, "oci:layout:x", "some/image:tag");
        layer = image.manifest().layers().getFirst();
        layerBytes = Files.readAllBytes(
                shared.resolve("layout/blobs/sha256").resolve(layer.digest().hex()));
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
    }

    private static RegistryClient client() {
        return client(ProxySelector.of(null));
    }

    private static RegistryClient client(ProxySelector proxies) {
        return new RegistryClient(CredentialStore.none(), RegistryPullTest.QUICK, proxies, Duration.ofMillis(300));
    }

    private static FaultProxy proxy(FaultProxy.Rule rule) throws IOException {
        return new FaultProxy(registry.port(), rule);
    }

    private static FaultProxy onLayer(IntFunction<Action> rule) throws IOException {
        return proxy((head, number) -> isLayer(head) ? rule.apply(number) : new Action.Pass());
    }

    private static boolean isLayer(String head) {
        return FaultProxy.requestLine(head).contains("/blobs/" + layer.digest());
    }

    private static byte[] pullLayer(RegistryClient client, FaultProxy proxy) throws IOException {
        try (ImageSource source = client.open(Reference.parse(proxy.host() + "/some/image:tag"));
                InputStream blob = source.blob(layer)) {
            return blob.readAllBytes();
        }
    }

    /** Reads this many bytes, lets the proxy cut the connection, and reads the rest. */
    private static final int READ_BEFORE_CUT = 100_000;

    private static final int SENT_BEFORE_CUT = 300_000;

    private static byte[] pullLayerAcrossCut(RegistryClient client, FaultProxy proxy, CountDownLatch cut)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageSource source = client.open(Reference.parse(proxy.host() + "/some/image:tag"));
                InputStream blob = source.blob(layer)) {
            bytes.writeBytes(blob.readNBytes(READ_BEFORE_CUT));
            cut.countDown();
            blob.transferTo(bytes);
        }
        return bytes.toByteArray();
    }

    @Test
    void aBlobThatIsCutIsResumedWhereItWasCut() throws IOException {
        CountDownLatch cut = new CountDownLatch(1);
        try (FaultProxy proxy =
                        onLayer(number -> number == 0 ? new Action.CutAfter(SENT_BEFORE_CUT, cut) : new Action.Pass());
                RegistryClient client = client()) {
            assertArrayEquals(layerBytes, pullLayerAcrossCut(client, proxy, cut));

            List<String> requests = proxy.requests(layer.digest().toString());
            assertEquals(2, requests.size());
            assertFalse(requests.get(0).contains("Range:"));
            Matcher range = Pattern.compile("\r\nRange: bytes=([0-9]+)-\r\n").matcher(requests.get(1));
            assertTrue(range.find(), requests.get(1));
            int from = Integer.parseInt(range.group(1));
            assertTrue(from >= READ_BEFORE_CUT && from <= SENT_BEFORE_CUT, range.group(1));
        }
    }

    @Test
    void aServerWithoutRangesSendsTheWholeAgain() throws IOException {
        CountDownLatch cut = new CountDownLatch(1);
        try (FaultProxy proxy = onLayer(number -> number == 0
                        ? new Action.CutAfter(SENT_BEFORE_CUT, cut)
                        : new Action.PassChanged(head -> head.replaceFirst("\r\nRange: [^\r]*", "")));
                RegistryClient client = client()) {
            assertArrayEquals(layerBytes, pullLayerAcrossCut(client, proxy, cut));
        }
    }

    @Test
    void anotherRangeThanAskedForIsRefused() throws IOException {
        CountDownLatch cut = new CountDownLatch(1);
        try (FaultProxy proxy = onLayer(number -> number == 0
                        ? new Action.CutAfter(SENT_BEFORE_CUT, cut)
                        : new Action.PassChanged(head -> head.replaceFirst("bytes=[0-9]+-", "bytes=7-")));
                RegistryClient client = client()) {
            var refusal = assertThrows(RegistryException.class, () -> pullLayerAcrossCut(client, proxy, cut));
            assertEquals(RegistryException.Reason.BROKEN, refusal.reason());
        }
    }

    @Test
    void aBlobThatNeverComesFailsAfterTheLastAttempt() throws IOException {
        try (FaultProxy proxy = onLayer(_ -> new Action.CutAfter(0, new CountDownLatch(0)));
                RegistryClient client = client()) {
            assertThrows(IOException.class, () -> pullLayer(client, proxy));
            assertEquals(
                    RegistryPullTest.QUICK.attempts(),
                    proxy.requests(layer.digest().toString()).size());
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // else a broken guard hangs all tests
    void aServerThatStopsSendingIsAskedForTheRest() throws IOException {
        try (FaultProxy proxy = onLayer(number -> number == 0 ? new Action.StallAfter(100_000) : new Action.Pass());
                RegistryClient client = client()) {
            assertArrayEquals(layerBytes, pullLayer(client, proxy));
            assertEquals(2, proxy.requests(layer.digest().toString()).size());
        }
    }

    @Test
    void wrongBytesAreFoundOutAndNotAskedForAgain() throws IOException {
        try (FaultProxy proxy = onLayer(_ -> new Action.Corrupt(5000));
                RegistryClient client = client()) {
            assertThrows(BlobMismatchException.class, () -> pullLayer(client, proxy));
            assertEquals(1, proxy.requests(layer.digest().toString()).size());
        }
    }

    @Test
    void wrongBytesInAManifestAreFoundOutByTheRegistrysDigest() throws IOException {
        try (FaultProxy proxy = proxy((_, _) -> new Action.Corrupt(20));
                RegistryClient client = client()) {
            Reference byTag = Reference.parse(proxy.host() + "/some/image:tag");
            assertThrows(BlobMismatchException.class, () -> client.open(byTag));
        }
    }

    @Test
    void anotherManifestThanTheDigestSaysIsFoundOut() throws IOException {
        String other = new String(image.rawManifest().bytes(), StandardCharsets.UTF_8) + " ";
        try (FaultProxy proxy = proxy((_, _) -> new Action.Answer(200, "", other));
                RegistryClient client = client()) {
            Reference pinned = Reference.parse(
                    proxy.host() + "/some/image@" + image.rawManifest().digest());
            assertThrows(BlobMismatchException.class, () -> client.open(pinned));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void aFailureThatPassesIsWaitedOut(int status) throws IOException {
        try (FaultProxy proxy = proxy((_, number) ->
                        number < 2 ? new Action.Answer(status, "Retry-After: 0\r\n", "") : new Action.Pass());
                RegistryClient client = client()) {
            assertArrayEquals(layerBytes, pullLayer(client, proxy));
        }
    }

    @Test
    void aConnectionThatIsClosedAtOnceIsTriedAgain() throws IOException {
        try (FaultProxy proxy = proxy((_, number) -> number < 2 ? new Action.HangUp() : new Action.Pass());
                RegistryClient client = client()) {
            assertArrayEquals(layerBytes, pullLayer(client, proxy));
        }
    }

    @Test
    void aFailureThatStaysIsToldWithTheRegistrysWords() throws IOException {
        String words = "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"pull rate\\nlimit\"}]}";
        try (FaultProxy proxy = proxy((_, _) -> new Action.Answer(429, "Retry-After: 100000\r\n", words));
                RegistryClient client = client()) {
            var refusal = assertThrows(RegistryException.class, () -> pullLayer(client, proxy));
            assertEquals(RegistryException.Reason.LIMITED, refusal.reason());
            assertEquals(proxy.host() + " says that it was asked too often: pull rate limit", refusal.getMessage());
            assertEquals(RegistryPullTest.QUICK.attempts(), proxy.requests("").size());
        }
    }

    @Test
    void aRefusalIsNotTriedAgain() throws IOException {
        try (FaultProxy proxy = proxy((_, _) -> new Action.Answer(403, "", "<html>"));
                RegistryClient client = client()) {
            var refusal = assertThrows(RegistryException.class, () -> pullLayer(client, proxy));
            assertEquals(RegistryException.Reason.UNAUTHORIZED, refusal.reason());
            assertEquals(1, proxy.requests("").size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "<html>", "{\"schemaVersion\":1}"})
    void whatIsNoManifestIsNotTriedAgain(String body) throws IOException {
        try (FaultProxy proxy = proxy((_, _) -> new Action.Answer(200, "Content-Type: ;;\r\n", body));
                RegistryClient client = client()) {
            assertThrows(IOException.class, () -> pullLayer(client, proxy));
            assertEquals(1, proxy.requests("").size());
        }
    }

    @Test
    void aManifestWithoutEndIsNotReadToItsEnd() throws IOException {
        String large = "{\"x\":\"" + "x".repeat(6 << 20) + "\"}";
        try (FaultProxy proxy = proxy((_, _) -> new Action.Answer(200, "", large));
                RegistryClient client = client()) {
            var refusal = assertThrows(IOException.class, () -> pullLayer(client, proxy));
            assertTrue(String.valueOf(refusal.getMessage()).contains("more than"), refusal.getMessage());
        }
    }

    /** Lets in who shows the token, and gives the token to who shows the password. */
    private static Action tokenServer(String head, String realm) {
        String line = FaultProxy.requestLine(head);
        String basic = Base64.getEncoder().encodeToString(USER_AND_PASSWORD.getBytes(StandardCharsets.UTF_8));
        if (line.startsWith("GET /token")) {
            boolean right = head.contains("Authorization: Basic " + basic)
                    && line.contains("scope=repository%3Asome%2Fimage%3Apull")
                    && line.contains("service=the+service");
            return right ? new Action.Answer(200, "", "{\"token\":\"good\"}") : new Action.Answer(401, "", "");
        }
        if (line.startsWith("POST /token")) {
            return new Action.Answer(200, "", "{\"access_token\":\"good\",\"expires_in\":60}");
        }
        return head.contains("Authorization: Bearer good")
                ? new Action.PassChanged(h -> h.replace("Authorization: Bearer good\r\n", ""))
                : new Action.Answer(
                        401,
                        "WWW-Authenticate: Bearer realm=\"" + realm
                                + "\",service=\"the service\",scope=\"repository:some/image:pull\"\r\n",
                        "");
    }

    private static FaultProxy withTokens() throws IOException {
        return proxy((head, _) -> tokenServer(head, "http://" + hostOf(head) + "/token"));
    }

    private static String hostOf(String head) {
        return head.replaceAll("(?s).*\r\nHost: ([^\r]*)\r\n.*", "$1");
    }

    @Test
    void aTokenIsFetchedOnceForAnImage() throws IOException {
        Credentials credentials = new Credentials.Password("me", "secret");
        try (FaultProxy proxy = withTokens();
                RegistryClient client = new RegistryClient(_ -> credentials, RegistryPullTest.QUICK)) {
            RegistryPullTest.pull(client, proxy.host() + "/some/image:tag");
            assertEquals(1, proxy.requests("/token").size());
        }
    }

    @Test
    void anIdentityTokenIsExchanged() throws IOException {
        Credentials credentials = new Credentials.IdentityToken("refresh");
        try (FaultProxy proxy = withTokens();
                RegistryClient client = new RegistryClient(_ -> credentials, RegistryPullTest.QUICK)) {
            RegistryPullTest.pull(client, proxy.host() + "/some/image:tag");
            assertEquals(1, proxy.requests("POST /token").size());
        }
    }

    @Test
    void aTokenThatExpiredIsRenewed() throws IOException {
        try (FaultProxy proxy = proxy((head, _) -> {
                    String line = FaultProxy.requestLine(head);
                    String wanted = line.contains("/blobs/") ? "second" : "first";
                    if (line.contains("/token")) {
                        return new Action.Answer(
                                200, "", "{\"token\":\"" + (line.contains("n=1") ? "second" : "first") + "\"}");
                    }
                    return head.contains("Bearer " + wanted)
                            ? new Action.PassChanged(h -> h.replaceFirst("\r\nAuthorization: [^\r]*", ""))
                            : new Action.Answer(
                                    401,
                                    "WWW-Authenticate: Bearer realm=\"http://" + hostOf(head) + "/token?n="
                                            + (wanted.equals("second") ? 1 : 0) + "\"\r\n",
                                    "");
                });
                RegistryClient client = client()) {
            assertArrayEquals(layerBytes, pullLayer(client, proxy));
        }
    }

    @Test
    void wrongCredentialsForATokenAreSaidToBeWrong() throws IOException {
        try (FaultProxy proxy = withTokens();
                RegistryClient client =
                        new RegistryClient(_ -> new Credentials.Password("me", "other"), RegistryPullTest.QUICK)) {
            var refusal = assertThrows(RegistryException.class, () -> pullLayer(client, proxy));
            assertEquals(proxy.host() + " refuses the credentials that it was shown", refusal.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.org/token", "file:///etc/passwd", "", "token"})
    void aTokenServerThatIsNotTrustedGetsNothing(String realm) throws IOException {
        try (FaultProxy proxy = proxy((head, _) -> tokenServer(head, realm));
                RegistryClient client =
                        new RegistryClient(_ -> new Credentials.Password("me", "secret"), RegistryPullTest.QUICK)) {
            var refusal = assertThrows(RegistryException.class, () -> pullLayer(client, proxy));
            assertEquals(RegistryException.Reason.BROKEN, refusal.reason());
        }
    }

    @Test
    void aRedirectElsewhereCarriesNoCredentials() throws IOException {
        try (FaultProxy storage = proxy((_, _) -> new Action.Pass());
                FaultProxy proxy = proxy((head, _) -> {
                    Action allowed = tokenServer(head, "http://" + hostOf(head) + "/token");
                    if (!(allowed instanceof Action.PassChanged) || !isLayer(head)) {
                        return allowed;
                    }
                    String path = FaultProxy.requestLine(head).split(" ", -1)[1];
                    return new Action.Answer(307, "Location: http://" + storage.host() + path + "\r\n", "");
                });
                RegistryClient client =
                        new RegistryClient(_ -> new Credentials.Password("me", "secret"), RegistryPullTest.QUICK)) {
            assertArrayEquals(layerBytes, pullLayer(client, proxy));

            List<String> there = storage.requests("/blobs/");
            assertEquals(1, there.size());
            assertFalse(there.getFirst().contains("Authorization"), there.getFirst());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://example.org/x", "file:///etc/passwd", "ftp://127.0.0.1/x", "http://[/", "https:///x"})
    void aRedirectToAPlaceThatIsNotTrustedIsRefused(String location) throws IOException {
        try (FaultProxy proxy = onLayer(_ -> new Action.Answer(302, "Location: " + location + "\r\n", ""));
                RegistryClient client = client()) {
            var refusal = assertThrows(RegistryException.class, () -> pullLayer(client, proxy));
            assertTrue(String.valueOf(refusal.getMessage()).contains("don't trust"), refusal.getMessage());
        }
    }

    @Test
    void aRedirectWithoutEndIsAnEnd() throws IOException {
        try (FaultProxy proxy = onLayer(
                        _ -> new Action.Answer(302, "Location: /v2/some/image/blobs/" + layer.digest() + "\r\n", ""));
                RegistryClient client = client()) {
            var refusal = assertThrows(RegistryException.class, () -> pullLayer(client, proxy));
            assertTrue(String.valueOf(refusal.getMessage()).endsWith("redirects without end"), refusal.getMessage());
        }
    }

    @Test
    void aBlobLongerThanAnnouncedIsRefused() throws IOException {
        try (FaultProxy proxy = onLayer(_ -> new Action.Answer(200, "", "x".repeat((int) layer.sizeBytes() + 1)));
                RegistryClient client = client()) {
            assertThrows(BlobMismatchException.class, () -> pullLayer(client, proxy));
        }
    }

    @Test
    void aRegistryOfTheInternetIsAskedThroughTheProxy() throws IOException {
        try (FaultProxy proxy = proxy((_, _) -> new Action.Answer(403, "", ""));
                RegistryClient client =
                        client(ProxyFromEnvironment.of(Map.of("https_proxy", "http://" + proxy.host())))) {
            assertThrows(IOException.class, () -> client.open(Reference.parse("registry.invalid/image")));

            assertTrue(proxy.requests("CONNECT registry.invalid:443").size() >= 1);
        }
    }

    @Test
    void aBlobThatIsMissingIsNotFound() throws IOException {
        Descriptor missing = new Descriptor(layer.mediaType(), Digest.of(new byte[] {1, 2}), 5);
        try (RegistryClient client = client();
                ImageSource source = client.open(Reference.parse(registry.host() + "/some/image:tag"))) {
            var refusal = assertThrows(RegistryException.class, () -> source.blob(missing));
            assertEquals(RegistryException.Reason.NOT_FOUND, refusal.reason());
        }
    }
}
