package mille.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mille.engine.layer.LayerUnpacker;
import mille.engine.layer.UnpackedLayer;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.engine.model.Image;
import mille.engine.model.ProgressListener;
import mille.engine.model.ProgressListener.Progress;
import mille.engine.store.NewImage;
import mille.engine.store.PendingLayer;
import mille.engine.store.Session;
import mille.engine.store.Store;
import mille.engine.store.StoredLayer;
import mille.oci.ChainId;
import mille.oci.Descriptor;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.RawManifest;
import mille.oci.Reference;
import mille.oci.blob.Compression;
import mille.oci.source.ResolvedImage;
import org.jspecify.annotations.Nullable;

/**
 * Brings one image into the store.
 *
 * <p>Layers that the store has are left alone. The others are fetched and unpacked side by side, and committed one upon the other, each as
 * soon as it and those below are ready; at last one transaction names the image. Every digest and diff ID is verified. What a failure leaves
 * goes with the session.
 */
public final class ImageAssembly {
    /** As many as Docker takes: more downloads at once gain little, and each may be unpacking. */
    private static final int LAYERS_AT_ONCE = 3;

    private final Store store;
    private final BlobTransfers transfers;
    private final ProgressListener listener;

    public ImageAssembly(Store store, BlobTransfers transfers, ProgressListener listener) {
        this.store = store;
        this.transfers = transfers;
        this.listener = listener;
    }

    /**
     * Does it.
     *
     * @param blobs gives the layers
     * @param names under which the image is to be found
     * @throws EngineException INVALID where the image isn't what it says it is
     * @throws IOException where a blob can't be read or isn't the right one
     */
    public Image assemble(ResolvedImage image, BlobReader blobs, List<Reference> names) throws IOException {
        RawManifest raw = image.rawManifest();
        listener.on(new Progress.Resolved(
                names.isEmpty() ? raw.digest().toString() : names.getFirst().familiar(),
                raw.digest(),
                image.layers().size()));
        try (Session session = store.beginSession()) {
            StoredLayer top = layers(session, blobs, image);
            Digest id = image.manifest().config().digest();
            store.blobs().put(session, id, image.rawConfig().bytes());
            store.blobs().put(session, raw.digest(), raw.bytes());
            Instant created = image.config().created();
            return store.images()
                    .put(new NewImage(
                            id,
                            raw.digest(),
                            top == null ? null : top.chainId(),
                            image.config().platform(),
                            created == null ? Instant.EPOCH : created,
                            blobsOf(session, image),
                            names));
        }
    }

    /** The layers' blobs too, as far as they are here: one whose layer came another way isn't. */
    private Set<Digest> blobsOf(Session session, ResolvedImage image) throws IOException {
        Set<Digest> blobs = new LinkedHashSet<>();
        blobs.add(image.rawManifest().digest());
        blobs.add(image.manifest().config().digest());
        for (Descriptor layer : image.manifest().layers()) {
            if (store.blobs().lease(session, layer.digest())) {
                blobs.add(layer.digest());
            }
        }
        return blobs;
    }

    private @Nullable StoredLayer layers(Session session, BlobReader blobs, ResolvedImage image) throws IOException {
        StoredLayer top = null;
        int present = 0;
        List<ChainId> chain = image.config().chainIds();
        for (int count = chain.size(); count > 0 && top == null; count--) {
            top = store.layers().lease(session, chain.get(count - 1));
            present = top == null ? 0 : count;
        }
        for (Descriptor layer : image.manifest().layers().subList(0, present)) {
            listener.on(new Progress.Present(layer.digest()));
        }
        List<ResolvedImage.Layer> missing = image.layers().subList(present, chain.size());
        for (ResolvedImage.Layer layer : missing) {
            listener.on(new Progress.Waiting(layer.blob().digest(), layer.blob().sizeBytes()));
        }
        return missing.isEmpty() ? top : makeLayers(session, blobs, missing, top);
    }

    /**
     * @param below what the first of them lies on
     * @return the last of them
     */
    private @Nullable StoredLayer makeLayers(
            Session session, BlobReader blobs, List<ResolvedImage.Layer> missing, @Nullable StoredLayer below)
            throws IOException {
        ExecutorService workers = Executors.newFixedThreadPool(
                LAYERS_AT_ONCE, Thread.ofPlatform().daemon().name("layer-", 0).factory());
        try {
            List<Future<Ready>> ready = new ArrayList<>();
            for (ResolvedImage.Layer layer : missing) {
                ready.add(workers.submit(() -> prepare(session, blobs, layer.blob(), layer.diffId())));
            }
            StoredLayer top = below;
            for (Future<Ready> next : ready) {
                top = await(next).commit(top);
            }
            return top;
        } finally {
            // After a failure the others are of no use; they end before the session's directory goes from under them.
            workers.shutdownNow();
            workers.close();
        }
    }

    private static Ready await(Future<Ready> layer) throws IOException {
        try {
            return layer.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException bug -> throw bug;
                case Error error -> throw error;
                case null, default -> throw new IOException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** A layer that waits for those below it. */
    private record Ready(PendingLayer pending, UnpackedLayer unpacked) {
        StoredLayer commit(@Nullable StoredLayer below) throws IOException {
            return pending.commit(unpacked, below);
        }
    }

    private Ready prepare(Session session, BlobReader blobs, Descriptor layer, DiffId expected) throws IOException {
        Digest digest = layer.digest();
        transfers.fetch(
                session,
                blobs,
                layer,
                doneBytes -> listener.on(new Progress.Downloading(digest, doneBytes, layer.sizeBytes())));
        listener.on(new Progress.Downloaded(digest));
        PendingLayer pending = store.layers().prepare(session);
        try (InputStream blob = new CountedStream(
                        store.blobs().open(digest),
                        doneBytes -> listener.on(new Progress.Unpacking(digest, doneBytes, layer.sizeBytes())));
                InputStream tar = Compression.decompress(blob)) {
            UnpackedLayer unpacked =
                    LayerUnpacker.unpack(tar, pending.diff(), warning -> listener.on(new Progress.Warning(warning)));
            if (!unpacked.diffId().equals(expected)) {
                throw new EngineException(
                        Reason.INVALID,
                        "the layer " + digest + " has the diff ID " + unpacked.diffId()
                                + ", and the image's config says " + expected);
            }
            listener.on(new Progress.Unpacked(digest));
            return new Ready(pending, unpacked);
        }
    }
}
