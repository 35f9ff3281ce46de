package mille.oci.registry;

/** What one shows to a registry. */
public sealed interface Credentials {

    /** Nothing: whoever wants more than that says so. */
    record Anonymous() implements Credentials {}

    record Password(String user, String password) implements Credentials {
        @Override
        public String toString() {
            return "Password[" + user + "]";
        }
    }

    /** A refresh token that a token server gave at log-in (OAuth 2). */
    record IdentityToken(String token) implements Credentials {
        @Override
        public String toString() {
            return "IdentityToken[]";
        }
    }
}
