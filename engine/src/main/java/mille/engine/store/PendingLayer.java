package mille.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import mille.engine.layer.DirectoryAttributes;
import mille.engine.layer.OpaqueRoot;
import mille.engine.layer.UnpackedLayer;
import mille.oci.ChainId;
import mille.oci.DiffId;
import org.jspecify.annotations.Nullable;

/**
 * A layer in the making. Closing it before {@link #commit} discards it.
 *
 * <p>The steps of a commit, and what a crash after each leaves:
 *
 * <ol>
 *   <li>directories that the tar only implied get the look of those below, what an opaque root hides is hidden, and the layer's small files ({@code link}, {@code lower}, {@code committed}) are written: all still lies in {@code staging}, and is swept
 *   <li>the file system is synced
 *   <li>in a write transaction, where the chain ID isn't there yet: the short link {@code overlay2/l/<link>} is made; it leads nowhere, and is
 *       swept
 *   <li>the directory is renamed to {@code overlay2/<directory>}, and that directory and {@code l} are synced: a directory that the database doesn't name, swept
 *   <li>the transaction names it, with the session's lease: from here on it is there
 * </ol>
 */
public final class PendingLayer implements AutoCloseable {
    private final Store store;
    private final Session session;
    private final Path directory;

    PendingLayer(Store store, Session session, Path directory) {
        this.store = store;
        this.session = session;
        this.directory = directory;
    }

    /** Where the layer's files go: an empty directory. */
    public Path diff() {
        return directory.resolve(Layout.DIFF);
    }

    /**
     * Publishes the layer, or leases the one that has the same chain ID and was quicker.
     *
     * @param unpacked what was put into {@link #diff}
     * @param below the layer under it, leased by this session; null for a lowest one
     * @return the one that is there now
     */
    public StoredLayer commit(UnpackedLayer unpacked, @Nullable StoredLayer below) throws IOException {
        store.taken(Step.LAYER_UNPACKED);
        DiffId diffId = unpacked.diffId();
        long sizeBytes = unpacked.sizeBytes();
        ChainId chainId =
                below == null ? ChainId.ofLowest(diffId) : below.chainId().then(diffId);
        StoredLayer layer = new StoredLayer(
                chainId,
                diffId,
                below == null ? null : below.chainId(),
                store.names().id(),
                store.names().link(),
                sizeBytes);
        List<StoredLayer> lowers = store.layers().chain(layer.parent());
        DirectoryAttributes.inherit(
                diff(), unpacked.implicitDirectories(), store.layers().diffs(lowers));
        if (unpacked.hidesAllBelow()) {
            OpaqueRoot.hide(diff(), store.layers().diffs(lowers));
        }
        LayerDirectory.complete(directory, layer.link(), lowers);
        DurableFiles.write(directory.resolve(Layout.COMMITTED), "");
        DurableFiles.syncFileSystem(directory);
        store.taken(Step.LAYER_SYNCED);
        StoredLayer present = store.database().write(transaction -> {
            StoredLayer other = LayerStore.find(transaction, chainId);
            if (other == null) {
                putInPlace(layer);
                transaction.update(
                        "INSERT INTO layer (chain_id, diff_id, parent, directory, link, size_bytes) VALUES (?, ?, ?, ?, ?, ?)",
                        chainId.toString(),
                        diffId.toString(),
                        layer.parent() == null ? null : layer.parent().toString(),
                        layer.directory(),
                        layer.link(),
                        sizeBytes);
            }
            LayerStore.lease(transaction, session, chainId);
            return other == null ? layer : other;
        });
        store.taken(Step.LAYER_NAMED);
        close();
        return present;
    }

    private void putInPlace(StoredLayer layer) throws IOException {
        Layout layout = store.layout();
        LayerDirectory.link(layout, layer.link(), layer.directory());
        store.taken(Step.LAYER_LINKED);
        DurableFiles.move(directory, layout.layer(layer.directory()));
        DurableFiles.sync(layout.layers());
        DurableFiles.sync(layout.links());
        store.taken(Step.LAYER_IN_PLACE);
    }

    /** Throws the layer away unless it was committed. */
    @Override
    public void close() throws IOException {
        if (store.trash().take(directory)) {
            store.trash().empty();
        }
    }
}
