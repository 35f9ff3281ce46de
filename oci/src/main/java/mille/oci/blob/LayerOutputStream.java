package mille.oci.blob;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import mille.oci.Descriptor;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.MediaType;
import org.jspecify.annotations.Nullable;

/**
 * Makes a layer's blob: takes the tar, compresses it, and knows both digests once it is closed.
 */
public final class LayerOutputStream extends OutputStream {
    private final Compression compression;
    private final Measured blob;
    private final Measured tar;
    private boolean closed;

    /** Closing this closes {@code out}. */
    public LayerOutputStream(OutputStream out, Compression compression) throws IOException {
        this.compression = compression;
        this.blob = new Measured(out);
        this.tar = new Measured(compression.compress(blob));
    }

    @Override
    public void write(int oneByte) throws IOException {
        tar.write(oneByte);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        tar.write(buffer, offset, length);
    }

    @Override
    public void flush() throws IOException {
        tar.flush();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            tar.close();
            closed = true;
        }
    }

    /**
     * The blob's descriptor.
     *
     * @throws IllegalStateException before the stream is closed
     */
    public Descriptor descriptor() {
        MediaType mediaType = switch (compression) {
            case NONE -> MediaType.OCI_LAYER;
            case GZIP -> MediaType.OCI_LAYER_GZIP;
            case ZSTD -> MediaType.OCI_LAYER_ZSTD;
        };
        return new Descriptor(mediaType, digestOf(blob), blob.sizeBytes);
    }

    /**
     * The digest of the tar.
     *
     * @throws IllegalStateException before the stream is closed
     */
    public DiffId diffId() {
        return new DiffId(digestOf(tar));
    }

    private Digest digestOf(Measured stream) {
        if (!closed) {
            throw new IllegalStateException("the layer isn't complete");
        }
        return stream.digest();
    }

    /** Counts and digests what passes. */
    private static final class Measured extends OutputStream {
        private final OutputStream out;
        private final MessageDigest computation = Digest.Algorithm.SHA256.newMessageDigest();
        private long sizeBytes;
        private @Nullable Digest digest;

        Measured(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int oneByte) throws IOException {
            write(new byte[] {(byte) oneByte}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
            computation.update(buffer, offset, length);
            sizeBytes += length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }

        Digest digest() {
            Digest result = digest;
            if (result == null) {
                result = Digest.finish(Digest.Algorithm.SHA256, computation);
                digest = result;
            }
            return result;
        }
    }
}
