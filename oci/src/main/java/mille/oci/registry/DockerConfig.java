package mille.oci.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import mille.oci.json.JsonFields;
import org.jspecify.annotations.Nullable;

/**
 * What {@code docker login} wrote: {@code config.json} with {@code auths}, {@code credHelpers} and {@code credsStore} (Docker CLI
 * reference, "Configuration files"). It is read anew for each question, so a log-in counts at once.
 */
public final class DockerConfig implements CredentialStore {
    private static final String HUB = "docker.io";
    /** Docker's key for its own registry, from the days of its first protocol. */
    private static final String HUB_KEY = "https://index.docker.io/v1/";

    private static final Pattern HELPER_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final String TOKEN_USER = "<token>";

    private final Path file;
    private final Map<String, String> environment;

    /** @param environment for the helpers, whose programs are found by its {@code PATH} */
    DockerConfig(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = Map.copyOf(environment);
    }

    /** The file of {@code $DOCKER_CONFIG}, or of {@code ~/.docker}. It may be missing. */
    public static DockerConfig ofEnvironment() {
        String directory = System.getenv("DOCKER_CONFIG");
        Path path = directory == null || directory.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".docker")
                : Path.of(directory);
        return new DockerConfig(path.resolve("config.json"), System.getenv());
    }

    @Override
    public Credentials find(String registry) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new Credentials.Anonymous();
        }
        JsonFields config = JsonFields.parse(bytes, file.toString());
        String key = registry.equals(HUB) ? HUB_KEY : registry;
        String helper = helperFor(config, key, registry);
        return helper == null ? fromFile(config, registry) : fromHelper(helper, key);
    }

    private static @Nullable String helperFor(JsonFields config, String key, String registry) throws IOException {
        Map<String, String> helpers = config.stringMap("credHelpers");
        String helper = helpers.get(key);
        if (helper == null) {
            helper = helpers.get(registry);
        }
        return helper == null ? config.string("credsStore") : helper;
    }

    private static Credentials fromFile(JsonFields config, String registry) throws IOException {
        JsonFields auths = config.object("auths");
        if (auths == null) {
            return new Credentials.Anonymous();
        }
        for (String key : auths.keys()) {
            JsonFields entry = hostOf(key).equals(registry) ? auths.object(key) : null;
            if (entry != null) {
                return fromEntry(entry);
            }
        }
        return new Credentials.Anonymous();
    }

    /** Old versions wrote whole URLs: {@code https://host/v1/}. */
    private static String hostOf(String key) {
        String host = key.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
        return host.equals("index.docker.io") ? HUB : host;
    }

    private static Credentials fromEntry(JsonFields entry) throws IOException {
        String identityToken = entry.stringOrEmpty("identitytoken");
        if (!identityToken.isEmpty()) {
            return new Credentials.IdentityToken(identityToken);
        }
        String user = entry.stringOrEmpty("username");
        String password = entry.stringOrEmpty("password");
        String both = entry.stringOrEmpty("auth");
        if (!both.isEmpty()) {
            String decoded = decode(entry, both);
            int colon = decoded.indexOf(':');
            if (colon < 0) {
                throw entry.malformed("auth", "is not the base64 of user:password");
            }
            user = decoded.substring(0, colon);
            password = decoded.substring(colon + 1);
        }
        return user.isEmpty() ? new Credentials.Anonymous() : new Credentials.Password(user, password);
    }

    private static String decode(JsonFields entry, String base64) throws IOException {
        try {
            // Some writers fill up with NULs.
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).replace("\0", "");
        } catch (IllegalArgumentException e) {
            throw entry.malformed("auth", "is not the base64 of user:password");
        }
    }

    /** Asks {@code docker-credential-NAME get} (docker-credential-helpers, "Development"). */
    private Credentials fromHelper(String helper, String key) throws IOException {
        if (!HELPER_NAME.matcher(helper).matches()) {
            throw new IOException("malformed " + file + ": '" + helper + "' is not a credential helper's name");
        }
        // By env(1): a bare name would be looked up in this process's PATH, not in the one that it is given.
        ProcessBuilder builder = new ProcessBuilder(List.of("/usr/bin/env", "docker-credential-" + helper, "get"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream question = process.getOutputStream()) {
            question.write(key.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading; its exit code tells more.
        }
        byte[] answer = process.getInputStream().readAllBytes();
        if (exitCode(process) != 0) {
            String text = new String(answer, StandardCharsets.UTF_8).strip();
            if (text.toLowerCase(Locale.ROOT).contains("credentials not found")) {
                return new Credentials.Anonymous();
            }
            throw new IOException("docker-credential-" + helper + " failed" + (text.isEmpty() ? "" : ": " + text));
        }
        JsonFields fields = JsonFields.parse(answer, "answer of docker-credential-" + helper);
        String user = fields.stringOrEmpty("Username");
        String secret = fields.stringOrEmpty("Secret");
        return user.equals(TOKEN_USER) ? new Credentials.IdentityToken(secret) : new Credentials.Password(user, secret);
    }

    private static int exitCode(Process process) throws InterruptedIOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
