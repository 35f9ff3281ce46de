package mille.oci.registry;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A registry said no, or couldn't be reached. The message is one sentence for a person. */
public final class RegistryException extends IOException {
    private static final long serialVersionUID = 1;

    /** What kind of no it is. */
    public enum Reason {
        /** No such repository, tag, manifest or blob; Docker Hub says {@link #UNAUTHORIZED} for a repository that isn't there. */
        NOT_FOUND,
        /** Credentials are missing or wrong. */
        UNAUTHORIZED,
        /** Too many requests, even after waiting. */
        LIMITED,
        /** No such host, no connection, no trust in its certificate, or it stopped answering. */
        UNREACHABLE,
        /** An answer that the protocol doesn't allow, or a server's own failure. */
        BROKEN
    }

    private final Reason reason;

    RegistryException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    RegistryException(Reason reason, String message) {
        this(reason, message, null);
    }

    public Reason reason() {
        return reason;
    }
}
