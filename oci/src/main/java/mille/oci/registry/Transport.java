package mille.oci.registry;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sends one request and returns its answer, whatever its status; failures of the network get a sentence. */
final class Transport implements Closeable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final String USER_AGENT = "mille/0.1";
    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);

    private final HttpClient client;
    private final StallGuard stallGuard;

    Transport(ProxySelector proxies, Duration stallTimeout) {
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // layers come side by side, each on a connection of its own
                .followRedirects(HttpClient.Redirect.NEVER) // ours: credentials must not travel along
                .connectTimeout(CONNECT_TIMEOUT)
                .proxy(proxies)
                .build();
        this.stallGuard = new StallGuard(stallTimeout);
    }

    static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(ANSWER_TIMEOUT).header("User-Agent", USER_AGENT);
    }

    /** The body must be closed. A server that stops sending in its midst ends it too early. */
    HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(
                    request,
                    answer -> HttpResponse.BodySubscribers.mapping(
                            HttpResponse.BodySubscribers.ofInputStream(), stallGuard::watch));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ConnectException | HttpConnectTimeoutException | SSLException e) {
            throw unreachable(request.uri(), e);
        }
    }

    private static RegistryException unreachable(URI uri, IOException failure) {
        String server = uri.getPort() >= 0 ? uri.getHost() + ":" + uri.getPort() : String.valueOf(uri.getHost());
        String why = switch (failure) {
            case SSLException e -> "can't talk to " + server + " over TLS: " + e.getMessage();
            case HttpConnectTimeoutException _ ->
                "no answer from " + server + " within " + CONNECT_TIMEOUT.toSeconds() + " seconds";
            default ->
                hasUnresolvedAddress(failure)
                        ? "no such host: " + uri.getHost()
                        : "can't connect to " + server + ": connection refused or no route";
        };
        return new RegistryException(RegistryException.Reason.UNREACHABLE, why, failure);
    }

    private static boolean hasUnresolvedAddress(@Nullable Throwable failure) {
        return failure != null
                && (failure instanceof UnresolvedAddressException || hasUnresolvedAddress(failure.getCause()));
    }

    /** Whether a status is worth another attempt. */
    static boolean mayPass(int status) {
        return PASSING.contains(status);
    }

    /** {@code Retry-After} in seconds; zero where it is missing or a date. */
    static Duration retryAfter(HttpResponse<?> response) {
        String seconds = response.headers().firstValue("Retry-After").orElse("");
        return seconds.matches("[0-9]{1,6}") ? Duration.ofSeconds(Long.parseLong(seconds)) : Duration.ZERO;
    }

    @Override
    public void close() {
        stallGuard.close();
        client.shutdownNow();
    }
}
