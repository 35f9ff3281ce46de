package mille.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import mille.engine.store.Session;
import mille.engine.store.Store;
import mille.oci.Descriptor;
import mille.oci.Digest;

/** Blobs on their way here: what several images need at the same time is fetched once. */
public final class BlobTransfers {
    /** One that is being fetched. */
    private static final class Transfer {
        final ReentrantLock lock = new ReentrantLock();

        /** Threads that hold the lock or wait for it; guarded by the map. */
        int users;
    }

    private final Store store;

    /** Guarded by itself. */
    private final Map<Digest, Transfer> running = new HashMap<>();

    public BlobTransfers(Store store) {
        this.store = store;
    }

    /**
     * Makes sure that the blob is here, leased by the session. Waits where another thread is at it, and tries in its turn where that failed.
     *
     * @param progress takes the bytes so far
     */
    void fetch(Session session, BlobReader source, Descriptor blob, LongConsumer progress) throws IOException {
        Transfer transfer = enter(blob.digest());
        try {
            transfer.lock.lock();
            try {
                if (!store.blobs().lease(session, blob.digest())) {
                    try (InputStream stream = new CountedStream(source.open(blob), progress)) {
                        store.blobs().copy(session, blob.digest(), blob.sizeBytes(), stream);
                    }
                }
            } finally {
                transfer.lock.unlock();
            }
        } finally {
            leave(blob.digest(), transfer);
        }
    }

    private Transfer enter(Digest digest) {
        synchronized (running) {
            Transfer transfer = running.computeIfAbsent(digest, _ -> new Transfer());
            transfer.users++;
            return transfer;
        }
    }

    private void leave(Digest digest, Transfer transfer) {
        synchronized (running) {
            if (--transfer.users == 0) {
                running.remove(digest);
            }
        }
    }
}
