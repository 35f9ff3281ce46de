package mille.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import mille.oci.json.JsonFields;
import mille.oci.source.ImageSource;
import org.jspecify.annotations.Nullable;

/** Requests to one registry: authorized, redirected, tried again, and turned into sentences where they fail. */
final class Session {
    private static final int MAX_REDIRECTS = 10;
    private static final int MAX_ERROR_BYTES = 1 << 16;
    private static final int MAX_ERROR_CHARACTERS = 300;

    private final String registry;
    private final URI api;
    private final Transport transport;
    private final Authorizer authorizer;
    private final RetryPolicy retries;

    Session(String registry, Transport transport, CredentialStore credentials, RetryPolicy retries) {
        this.registry = registry;
        this.api = Origin.apiOf(registry);
        this.transport = transport;
        this.authorizer = new Authorizer(registry, credentials, transport);
        this.retries = retries;
    }

    Attempts newAttempts() {
        return new Attempts(retries);
    }

    /** Takes what is wanted of a successful answer off the network; called again where that fails. */
    interface Use<T> {
        T apply(HttpResponse<InputStream> response) throws IOException;
    }

    /**
     * GETs a path below {@code /v2/}, until an attempt succeeds or there are none left.
     *
     * @param what names the thing in messages: {@code library/busybox:latest}
     * @param use gets an answer of 200 or 206 and closes its body
     */
    <T> T get(String path, Map<String, String> headers, String scope, String what, Attempts attempts, Use<T> use)
            throws IOException {
        while (true) {
            Duration asked = Duration.ZERO;
            RegistryException failure;
            try {
                HttpResponse<InputStream> response = getOnce(path, headers, scope);
                int status = response.statusCode();
                if (status == 200 || status == 206) {
                    return use.apply(response);
                }
                failure = failure(response, what);
                if (!Transport.mayPass(status)) {
                    throw failure;
                }
                asked = Transport.retryAfter(response);
            } catch (RegistryException | InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                failure = lost(e);
            }
            attempts.failed(failure, asked);
        }
    }

    /** The sentence for a connection that broke. */
    RegistryException lost(IOException failure) {
        return new RegistryException(
                RegistryException.Reason.UNREACHABLE,
                "the connection to " + registry + " failed: " + failure.getMessage(),
                failure);
    }

    private HttpResponse<InputStream> getOnce(String path, Map<String, String> headers, String scope)
            throws IOException {
        URI uri = api.resolve(path);
        boolean asked = false;
        for (int hops = 0; hops <= MAX_REDIRECTS; ) {
            boolean own = Origin.of(uri).equals(Origin.of(api));
            HttpRequest.Builder request = Transport.request(uri);
            headers.forEach(request::header);
            String authorization = own ? authorizer.header(scope) : null;
            if (authorization != null) {
                request.header("Authorization", authorization);
            }
            HttpResponse<InputStream> response = transport.send(request.build());
            int status = response.statusCode();
            if (status == 401 && own && !asked) {
                response.body().close();
                asked = true;
                authorizer.answer(Challenge.parse(response.headers().allValues("WWW-Authenticate")), scope);
            } else if (status == 401 && own) {
                response.body().close();
                throw authorizer.unauthorized();
            } else if (isRedirect(status)) {
                response.body().close();
                uri = target(uri, response);
                hops++;
            } else {
                return response;
            }
        }
        throw new RegistryException(RegistryException.Reason.BROKEN, registry + " redirects without end");
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private URI target(URI from, HttpResponse<?> response) throws RegistryException {
        String location = response.headers().firstValue("Location").orElse("");
        try {
            URI target = from.resolve(location);
            Origin.of(target);
            return target;
        } catch (IllegalArgumentException e) {
            throw new RegistryException(
                    RegistryException.Reason.BROKEN,
                    registry + " redirects to a place that we don't trust: '" + location + "'",
                    e);
        }
    }

    private RegistryException failure(HttpResponse<InputStream> response, String what) {
        String said = saidBy(response);
        String more = said == null ? "" : ": " + said;
        return switch (response.statusCode()) {
            case 404 ->
                new RegistryException(RegistryException.Reason.NOT_FOUND, what + " not found in " + registry + more);
            case 401, 403 ->
                new RegistryException(
                        RegistryException.Reason.UNAUTHORIZED, registry + " denies access to " + what + more);
            case 429 ->
                new RegistryException(
                        RegistryException.Reason.LIMITED, registry + " says that it was asked too often" + more);
            default ->
                new RegistryException(
                        RegistryException.Reason.BROKEN,
                        registry + " answered " + response.statusCode() + " for " + what + more);
        };
    }

    /** The first message of an error document (OCI distribution spec, "Error Codes"); {@code null} where there is none. */
    private static @Nullable String saidBy(HttpResponse<InputStream> response) {
        try {
            JsonFields fields = JsonFields.parse(ImageSource.readWhole(response.body(), MAX_ERROR_BYTES), "error");
            for (JsonFields error : fields.objects("errors")) {
                String message = error.stringOrEmpty("message").replaceAll("\\p{Cntrl}", " ");
                if (!message.isEmpty()) {
                    return message.substring(0, Math.min(message.length(), MAX_ERROR_CHARACTERS));
                }
            }
        } catch (IOException e) {
            // The status says enough.
        }
        return null;
    }
}
