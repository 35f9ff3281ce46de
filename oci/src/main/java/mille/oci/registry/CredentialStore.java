package mille.oci.registry;

import java.io.IOException;

/** Knows credentials by registry. */
@FunctionalInterface
public interface CredentialStore {

    /**
     * The credentials for a registry.
     *
     * @param registry as in {@link mille.oci.Reference#registry}
     * @throws IOException where the store itself can't be read
     */
    Credentials find(String registry) throws IOException;

    /** Knows none. */
    static CredentialStore none() {
        return _ -> new Credentials.Anonymous();
    }
}
