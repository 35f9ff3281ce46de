package mille.oci.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Challenges, origins and proxies. */
class HttpPartsTest {
    @Test
    void aChallengeHasASchemeAndParameters() {
        assertEquals(
                List.of(new Challenge(
                        "bearer",
                        Map.of("realm", "https://a.b/t?x=1,2", "service", "s \"q\"", "scope", "a:b:pull,push"))),
                Challenge.parse(List.of(
                        "Bearer realm=\"https://a.b/t?x=1,2\",service=\"s \\\"q\\\"\", scope=\"a:b:pull,push\"")));
    }

    @Test
    void severalChallengesMayStandInOneHeaderOrInSeveral() {
        Challenge basic = new Challenge("basic", Map.of("realm", "r"));
        Challenge bearer = new Challenge("bearer", Map.of("realm", "t", "error", "invalid_token"));

        assertEquals(
                List.of(basic, bearer),
                Challenge.parse(List.of("Basic Realm=r, Bearer realm=\"t\", error=\"invalid_token\"")));
        assertEquals(
                List.of(basic, bearer),
                Challenge.parse(List.of("Basic realm=\"r\"", "Bearer realm=\"t\",error=invalid_token")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "=", "\"", "Bearer realm=\"", "a=b", "Bearer realm=\"x\" junk \"", "\u0000"})
    void aMalformedChallengeIsNoException(String header) {
        assertTrue(Challenge.parse(List.of(header)).size() <= 2);
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io, https://registry-1.docker.io/v2/",
        "host.name, https://host.name/v2/",
        "host.name:5000, https://host.name:5000/v2/",
        "localhost, http://localhost/v2/",
        "localhost:5000, http://localhost:5000/v2/",
        "127.0.0.1:5000, http://127.0.0.1:5000/v2/",
        "127.9.9.9, http://127.9.9.9/v2/",
        "[::1]:5000, http://[::1]:5000/v2/",
        "127.0.0.1.example.org, https://127.0.0.1.example.org/v2/",
        "localhost.example.org, https://localhost.example.org/v2/",
        "10.0.0.1:5000, https://10.0.0.1:5000/v2/",
    })
    void plainHttpIsForLoopbackAlone(String registry, String api) {
        assertEquals(URI.create(api), Origin.apiOf(registry));
    }

    @Test
    void anOriginHasThePortOfItsScheme() {
        assertEquals(Origin.of(URI.create("https://A.b/x")), Origin.of(URI.create("HTTPS://a.B:443/y")));
        assertThrows(IllegalArgumentException.class, () -> Origin.of(URI.create("http://a.b/")));
        assertThrows(IllegalArgumentException.class, () -> Origin.of(URI.create("/x")));
    }

    @Test
    void httpsGoesThroughTheProxyOfTheEnvironment() {
        var proxies = ProxyFromEnvironment.of(
                Map.of("HTTPS_PROXY", "http://proxy.host:3128", "no_proxy", "inside.org,.other.org, exact"));
        Proxy proxy = new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.host", 3128));

        assertEquals(List.of(proxy), proxies.select(URI.create("https://a.b/")));
        assertEquals(List.of(proxy), proxies.select(URI.create("https://notinside.org/")));
        for (String direct :
                List.of("http://127.0.0.1/", "https://inside.org/", "https://a.INSIDE.org/", "https://x.other.org/")) {
            assertEquals(List.of(Proxy.NO_PROXY), proxies.select(URI.create(direct)));
        }
        assertEquals(List.of(Proxy.NO_PROXY), ProxyFromEnvironment.of(Map.of()).select(URI.create("https://a.b/")));
    }
}
