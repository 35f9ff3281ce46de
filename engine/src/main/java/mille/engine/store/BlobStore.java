package mille.engine.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.oci.Digest;

/**
 * Content by digest: layers as they travel, manifests, configs. What is here has been verified.
 *
 * <p>A blob is put in place so:
 *
 * <ol>
 *   <li>its bytes go into the session's directory, and are hashed on the way: a crash leaves what is swept with the session
 *   <li>size and digest are compared, the file is synced
 *   <li>in a write transaction, it is renamed to {@code blobs/<algorithm>/<hex>} and that directory is synced: a crash leaves a file that
 *       the database doesn't name, which is swept
 *   <li>the transaction names it, with the session's lease: from here on it is there
 * </ol>
 */
public final class BlobStore {
    private final Store store;

    BlobStore(Store store) {
        this.store = store;
    }

    /**
     * Keeps a blob that is there from being collected while the session lives.
     *
     * @return false where it isn't there
     */
    public boolean lease(Session session, Digest digest) throws IOException {
        return store.database().write(transaction -> {
            if (!transaction.exists("SELECT 1 FROM blob WHERE digest = ?", digest.toString())) {
                return false;
            }
            lease(transaction, session, digest);
            return true;
        });
    }

    private static void lease(Transaction transaction, Session session, Digest digest) throws java.sql.SQLException {
        transaction.update(
                "INSERT OR IGNORE INTO lease (session, kind, key) VALUES (?, 'blob', ?)",
                session.id(),
                digest.toString());
    }

    /** Begins a blob that is to have this digest; {@link PendingBlob#commit} verifies that it has. */
    public PendingBlob write(Session session, Digest digest, long sizeBytes) throws IOException {
        return new PendingBlob(this, session, digest, sizeBytes, session.newPath());
    }

    /** Stores small content whole; does nothing but lease it where it is there already. */
    public void put(Session session, Digest digest, byte[] content) throws IOException {
        copy(session, digest, content.length, new ByteArrayInputStream(content));
    }

    /**
     * Stores what the stream gives, unless it is there already. Does not close the stream.
     *
     * @throws EngineException INVALID where the stream gives other bytes than the digest's, or not as many
     */
    public void copy(Session session, Digest digest, long sizeBytes, InputStream from) throws IOException {
        if (lease(session, digest)) {
            return;
        }
        try (PendingBlob blob = write(session, digest, sizeBytes)) {
            byte[] buffer = new byte[1 << 16];
            for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                blob.append(buffer, 0, length);
            }
            blob.commit();
        }
    }

    void publish(Session session, Digest digest, long sizeBytes, Path synced) throws IOException {
        store.database().change(transaction -> {
            Layout layout = store.layout();
            DurableFiles.move(synced, layout.blob(digest));
            DurableFiles.sync(layout.blobs(digest.algorithm()));
            store.taken(Step.BLOB_IN_PLACE);
            transaction.update(
                    "INSERT OR IGNORE INTO blob (digest, size_bytes) VALUES (?, ?)", digest.toString(), sizeBytes);
            lease(transaction, session, digest);
        });
        store.taken(Step.BLOB_NAMED);
    }

    void written() {
        store.taken(Step.BLOB_WRITTEN);
    }

    /**
     * @throws EngineException DAMAGED where the store doesn't hold it (any more)
     */
    public InputStream open(Digest digest) throws IOException {
        try {
            return Files.newInputStream(store.layout().blob(digest));
        } catch (NoSuchFileException e) {
            throw new EngineException(Reason.DAMAGED, "the store lacks the blob " + digest, e);
        }
    }

    /**
     * The whole of a small blob.
     *
     * @throws EngineException DAMAGED where the store doesn't hold it, or holds something else under its name
     */
    public byte[] read(Digest digest) throws IOException {
        byte[] content;
        try (InputStream blob = open(digest)) {
            content = blob.readAllBytes();
        }
        if (!Digest.of(digest.algorithm(), content).equals(digest)) {
            throw new EngineException(Reason.DAMAGED, "the store's blob " + digest + " is damaged");
        }
        return content;
    }
}
