package mille.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import mille.oci.json.JsonFields;
import mille.oci.source.ImageSource;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Authorization} headers for one registry: basic, or a bearer token by scope (Docker registry v2, "Token Authentication
 * Specification"). Nothing is sent before the registry asks for it.
 */
final class Authorizer {
    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final String CLIENT_ID = "mille";

    private final String registry;
    private final CredentialStore store;
    private final Transport transport;
    private final Map<String, String> headersByScope = new ConcurrentHashMap<>();

    Authorizer(String registry, CredentialStore store, Transport transport) {
        this.registry = registry;
        this.store = store;
        this.transport = transport;
    }

    /** What worked last, {@code null} before the registry asked. */
    @Nullable
    String header(String scope) {
        return headersByScope.get(scope);
    }

    /** Answers a 401. The header is kept for the scope. */
    String answer(List<Challenge> challenges, String scope) throws IOException {
        Credentials credentials = credentials();
        for (Challenge challenge : challenges) {
            String header = switch (challenge.scheme()) {
                case "bearer" -> "Bearer " + token(challenge, credentials, scope);
                case "basic" -> credentials instanceof Credentials.Password password ? basic(password) : null;
                default -> null;
            };
            if (header != null) {
                headersByScope.put(scope, header);
                return header;
            }
        }
        throw unauthorized(credentials);
    }

    RegistryException unauthorized() throws RegistryException {
        return unauthorized(credentials());
    }

    private Credentials credentials() throws RegistryException {
        try {
            return store.find(registry);
        } catch (IOException e) {
            throw new RegistryException(
                    RegistryException.Reason.UNAUTHORIZED,
                    "can't read the credentials for " + registry + ": " + e.getMessage(),
                    e);
        }
    }

    private RegistryException unauthorized(Credentials credentials) {
        String why = credentials instanceof Credentials.Anonymous
                ? " wants credentials: log in with 'docker login " + registry + "'"
                : " refuses the credentials that it was shown";
        return new RegistryException(RegistryException.Reason.UNAUTHORIZED, registry + why);
    }

    private static String basic(Credentials.Password password) {
        byte[] both = (password.user() + ":" + password.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    private String token(Challenge challenge, Credentials credentials, String scope) throws IOException {
        URI realm = realm(challenge);
        String service = challenge.parameters().getOrDefault("service", "");
        HttpRequest request = switch (credentials) {
            case Credentials.Anonymous _ ->
                Transport.request(withQuery(realm, service, scope)).build();
            case Credentials.Password password ->
                Transport.request(withQuery(realm, service, scope))
                        .header("Authorization", basic(password))
                        .build();
            case Credentials.IdentityToken identity ->
                Transport.request(realm)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("grant_type=refresh_token"
                                + parameter("&", "client_id", CLIENT_ID)
                                + parameter("&", "service", service)
                                + parameter("&", "scope", scope)
                                + parameter("&", "refresh_token", identity.token())))
                        .build();
        };
        return tokenOf(transport.send(request), realm, credentials);
    }

    private String tokenOf(HttpResponse<InputStream> response, URI realm, Credentials credentials) throws IOException {
        byte[] body = ImageSource.readWhole(response.body(), MAX_ANSWER_BYTES);
        int status = response.statusCode();
        if (status == 401 || status == 403) {
            throw unauthorized(credentials);
        }
        if (status != 200) {
            throw Transport.mayPass(status)
                    ? new IOException("the token server " + realm.getHost() + " answered " + status)
                    : new RegistryException(
                            RegistryException.Reason.BROKEN,
                            "the token server " + realm.getHost() + " answered " + status);
        }
        try {
            JsonFields fields = JsonFields.parse(body, "token of " + realm.getHost());
            String token = fields.stringOrEmpty("token");
            token = token.isEmpty() ? fields.requiredString("access_token") : token;
            if (token.matches("[\\x21-\\x7e]+")) {
                return token;
            }
            throw fields.malformed("token", "is not one");
        } catch (IOException e) {
            throw new RegistryException(RegistryException.Reason.BROKEN, String.valueOf(e.getMessage()), e);
        }
    }

    private URI realm(Challenge challenge) throws RegistryException {
        String realm = challenge.parameters().getOrDefault("realm", "");
        try {
            URI uri = URI.create(realm);
            Origin.of(uri);
            return uri;
        } catch (IllegalArgumentException e) {
            throw new RegistryException(
                    RegistryException.Reason.BROKEN,
                    registry + " names a token server that we don't trust: '" + realm + "'",
                    e);
        }
    }

    private static URI withQuery(URI realm, String service, String scope) {
        String separator = realm.getRawQuery() == null ? "?" : "&";
        return URI.create(realm
                + parameter(separator, "scope", scope)
                + (service.isEmpty() ? "" : parameter("&", "service", service)));
    }

    private static String parameter(String separator, String name, String value) {
        return separator + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
