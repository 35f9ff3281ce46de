package mille.oci.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import mille.oci.Digest;
import org.jspecify.annotations.Nullable;

/** Computes size and digest of what is read through it: how a diff ID is made while a layer is unpacked. */
public final class MeasuringInputStream extends InputStream {
    private final InputStream in;
    private final Digest.Algorithm algorithm;
    private final MessageDigest computation;
    private long sizeBytes;
    private @Nullable Digest digest;

    public MeasuringInputStream(InputStream in, Digest.Algorithm algorithm) {
        this.in = in;
        this.algorithm = algorithm;
        this.computation = algorithm.newMessageDigest();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (digest != null) {
            throw new IOException("the stream's digest was taken already");
        }
        int count = in.read(buffer, offset, length);
        if (count > 0) {
            computation.update(buffer, offset, count);
            sizeBytes += count;
        }
        return count;
    }

    @Override
    public int available() throws IOException {
        return in.available();
    }

    /** Reads on to the end: a tar's reader stops before it, and the digest is of everything. */
    public void drain() throws IOException {
        transferTo(OutputStream.nullOutputStream());
    }

    /** How many bytes were read so far. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** The digest of what was read so far; nothing more can be read afterwards. */
    public Digest digest() {
        Digest result = digest;
        if (result == null) {
            result = Digest.finish(algorithm, computation);
            digest = result;
        }
        return result;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
