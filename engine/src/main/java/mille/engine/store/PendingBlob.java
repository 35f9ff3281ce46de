package mille.engine.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.oci.Digest;

/** A blob on its way into the {@link BlobStore}. Closing it before {@link #commit} leaves no trace. Used by one thread. */
public final class PendingBlob implements AutoCloseable {
    private final BlobStore blobs;
    private final Session session;
    private final Digest expected;
    private final long expectedBytes;
    private final Path path;
    private final MessageDigest computation;
    private final OutputStream file;
    private long writtenBytes;

    PendingBlob(BlobStore blobs, Session session, Digest expected, long expectedBytes, Path path) throws IOException {
        this.blobs = blobs;
        this.session = session;
        this.expected = expected;
        this.expectedBytes = expectedBytes;
        this.path = path;
        this.computation = expected.algorithm().newMessageDigest();
        this.file = Files.newOutputStream(path);
    }

    /**
     * @throws EngineException INVALID as soon as there is more than announced: nobody fills our disk with a blob that can't be right
     */
    public void append(byte[] bytes, int offset, int length) throws IOException {
        if (length > expectedBytes - writtenBytes) {
            throw new EngineException(
                    Reason.INVALID,
                    "the blob " + expected + " has more than the " + expectedBytes + " bytes that were announced");
        }
        file.write(bytes, offset, length);
        computation.update(bytes, offset, length);
        writtenBytes += length;
    }

    /**
     * Verifies and publishes it.
     *
     * @throws EngineException INVALID where it isn't what it was to be; nothing is stored then
     */
    public void commit() throws IOException {
        file.close();
        if (writtenBytes != expectedBytes) {
            throw new EngineException(
                    Reason.INVALID,
                    "the blob " + expected + " ended after " + writtenBytes + " of " + expectedBytes + " bytes");
        }
        Digest actual = Digest.finish(expected.algorithm(), computation);
        if (!actual.equals(expected)) {
            throw new EngineException(Reason.INVALID, "the blob " + expected + " arrived damaged: it has " + actual);
        }
        DurableFiles.sync(path);
        blobs.written();
        blobs.publish(session, expected, writtenBytes, path);
    }

    @Override
    public void close() throws IOException {
        file.close();
        Files.deleteIfExists(path);
    }
}
