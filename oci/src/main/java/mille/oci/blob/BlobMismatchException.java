package mille.oci.blob;

import java.io.IOException;

/** Some bytes are not those that their descriptor promises. */
public final class BlobMismatchException extends IOException {
    private static final long serialVersionUID = 1;

    public BlobMismatchException(String message) {
        super(message);
    }
}
