package mille.oci.registry;

import java.net.URI;
import java.util.Locale;

/**
 * A server as the browsers have it: two URLs with the same one are of the same server, and may see the same credentials.
 *
 * @param port never -1
 */
record Origin(String scheme, String host, int port) {
    private static final String HUB = "docker.io";
    private static final String HUB_SERVER = "registry-1.docker.io";

    /**
     * The server of a URL.
     *
     * @throws IllegalArgumentException for any scheme but https, and http to a loopback address
     */
    static Origin of(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || !(scheme.equals("https") || (scheme.equals("http") && isLoopback(host)))) {
            throw new IllegalArgumentException("neither https nor a loopback address: " + uri);
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return new Origin(scheme, host, port);
    }

    /** Where the API of a registry is, with a slash at its end: {@code https://host/v2/}; plain http for loopback addresses. */
    static URI apiOf(String registry) {
        String server = registry.equals(HUB) ? HUB_SERVER : registry;
        URI https = URI.create("https://" + server + "/v2/");
        return isLoopback(String.valueOf(https.getHost())) ? URI.create("http://" + server + "/v2/") : https;
    }

    /** By the text alone: what a name server says of another name is not to be trusted. */
    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }
}
