package mille.oci.registry;

import java.io.Closeable;
import java.io.IOException;
import java.net.ProxySelector;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import mille.oci.Reference;
import mille.oci.source.ImageSource;

/** Speaks to registries, several at a time and by several threads. Connections and tokens are kept until it is closed. */
public final class RegistryClient implements Closeable {
    /** A server that sends nothing for so long has stopped. */
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(60);

    private final Transport transport;
    private final CredentialStore credentials;
    private final RetryPolicy retries;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    /** With the user's credentials of {@code docker login}, through the proxy of the environment. */
    public RegistryClient() {
        this(DockerConfig.ofEnvironment(), RetryPolicy.USUAL);
    }

    public RegistryClient(CredentialStore credentials, RetryPolicy retries) {
        this(credentials, retries, ProxyFromEnvironment.of(System.getenv()), STALL_TIMEOUT);
    }

    RegistryClient(CredentialStore credentials, RetryPolicy retries, ProxySelector proxies, Duration stallTimeout) {
        this.transport = new Transport(proxies, stallTimeout);
        this.credentials = credentials;
        this.retries = retries;
    }

    /**
     * The image of a name, by its digest where it has one. Its manifest is fetched here, so this fails where there is no such image.
     *
     * @throws RegistryException where the registry says no or can't be reached
     */
    public ImageSource open(Reference reference) throws IOException {
        return new RegistrySource(sessionOf(reference.registry()), reference);
    }

    private Session sessionOf(String registry) {
        return sessions.computeIfAbsent(registry, name -> new Session(name, transport, credentials, retries));
    }

    /** Ends all transfers. */
    @Override
    public void close() {
        transport.close();
    }
}
