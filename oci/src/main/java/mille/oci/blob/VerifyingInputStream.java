package mille.oci.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import mille.oci.Descriptor;
import org.jspecify.annotations.Nullable;

/**
 * Passes a blob through and proves it: the read that would return the end of the stream throws instead, where size or digest are not
 * those of the descriptor, and a read throws as soon as there are more bytes than announced. So whoever has read to the end has the right
 * bytes, and whoever hasn't has proved nothing: {@link #drain} reads the rest.
 */
public final class VerifyingInputStream extends InputStream {
    private final MeasuringInputStream in;
    private final Descriptor expected;
    private boolean verified;
    private @Nullable String mismatch;

    public VerifyingInputStream(InputStream in, Descriptor expected) {
        this.in = new MeasuringInputStream(in, expected.digest().algorithm());
        this.expected = expected;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * @throws BlobMismatchException at the end of the wrong bytes, or where they are too many
     */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (verified || length == 0) {
            return verified ? -1 : 0;
        }
        if (mismatch != null) {
            throw new BlobMismatchException(mismatch);
        }
        int count = in.read(buffer, offset, length);
        if (in.sizeBytes() > expected.sizeBytes()) {
            throw mismatch("blob " + expected.digest() + " is longer than its " + expected.sizeBytes() + " bytes");
        }
        if (count < 0) {
            verify();
        }
        return count;
    }

    private void verify() throws BlobMismatchException {
        if (in.sizeBytes() < expected.sizeBytes()) {
            throw mismatch("blob " + expected.digest() + " ends after " + in.sizeBytes() + " of " + expected.sizeBytes()
                    + " bytes");
        }
        if (!in.digest().equals(expected.digest())) {
            throw mismatch("blob " + expected.digest() + " has other bytes: their digest is " + in.digest());
        }
        verified = true;
    }

    private BlobMismatchException mismatch(String message) {
        mismatch = message;
        return new BlobMismatchException(message);
    }

    @Override
    public int available() throws IOException {
        return verified ? 0 : in.available();
    }

    /** Reads on to the end, and so verifies. */
    public void drain() throws IOException {
        transferTo(OutputStream.nullOutputStream());
    }

    /** Closes what is beneath; verifies nothing. */
    @Override
    public void close() throws IOException {
        in.close();
    }
}
