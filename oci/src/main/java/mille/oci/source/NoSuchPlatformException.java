package mille.oci.source;

import java.io.IOException;

/** An image is there, but not for the platform that was asked for. */
public final class NoSuchPlatformException extends IOException {
    private static final long serialVersionUID = 1;

    NoSuchPlatformException(String message) {
        super(message);
    }
}
