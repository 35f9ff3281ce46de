package mille.oci.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxy that {@code HTTPS_PROXY} and {@code NO_PROXY} name, as curl and Docker take them, in either case. Only https goes through one:
 * our plain http stays on this machine.
 */
final class ProxyFromEnvironment extends ProxySelector {
    private static final int DEFAULT_PORT = 80;

    private final @Nullable Proxy proxy;
    private final List<String> exceptions;

    private ProxyFromEnvironment(@Nullable Proxy proxy, List<String> exceptions) {
        this.proxy = proxy;
        this.exceptions = exceptions;
    }

    static ProxyFromEnvironment of(Map<String, String> environment) {
        String exceptions = valueOf(environment, "NO_PROXY").toLowerCase(Locale.ROOT);
        return new ProxyFromEnvironment(
                parse(valueOf(environment, "HTTPS_PROXY")), List.of(exceptions.split("[,\\s]+")));
    }

    private static String valueOf(Map<String, String> environment, String name) {
        String value = environment.get(name.toLowerCase(Locale.ROOT));
        return value == null ? environment.getOrDefault(name, "") : value;
    }

    private static @Nullable Proxy parse(String text) {
        if (text.isEmpty()) {
            return null;
        }
        URI uri;
        try {
            uri = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        return uri.getHost() == null
                ? null
                : new Proxy(
                        Proxy.Type.HTTP,
                        InetSocketAddress.createUnresolved(
                                uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort()));
    }

    @Override
    public List<Proxy> select(URI uri) {
        boolean direct =
                proxy == null || !"https".equals(uri.getScheme()) || isException(String.valueOf(uri.getHost()));
        return List.of(direct || proxy == null ? Proxy.NO_PROXY : proxy);
    }

    private boolean isException(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        for (String exception : exceptions) {
            String name = exception.startsWith(".") ? exception.substring(1) : exception;
            if (exception.equals("*") || (!name.isEmpty() && (lower.equals(name) || lower.endsWith("." + name)))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The request itself fails, and says so.
    }
}
