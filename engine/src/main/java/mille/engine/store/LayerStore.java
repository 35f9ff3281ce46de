package mille.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.oci.ChainId;
import mille.oci.DiffId;
import org.jspecify.annotations.Nullable;

/**
 * Unpacked layers by chain ID, each stored once, in Docker's {@code overlay2} layout.
 *
 * <p>A layer is made with {@link #prepare}, filled, then either committed or discarded ({@link PendingLayer}). Several may be in the making
 * at once; a layer is committed after the one below it.
 */
public final class LayerStore {
    private static final String COLUMNS = "chain_id, diff_id, parent, directory, link, size_bytes";

    private final Store store;

    LayerStore(Store store) {
        this.store = store;
    }

    /** An empty layer in the session's directory. Nobody else sees it before it is committed. */
    public PendingLayer prepare(Session session) throws IOException {
        Path directory = session.newPath();
        Files.createDirectory(directory);
        DurableFiles.makeDirectory(directory.resolve(Layout.DIFF), "rwxr-xr-x");
        store.taken(Step.LAYER_PREPARED);
        return new PendingLayer(store, session, directory);
    }

    /**
     * Keeps a layer that is there, and those below it, from being collected while the session lives.
     *
     * @return null where it isn't there
     */
    public @Nullable StoredLayer lease(Session session, ChainId chainId) throws IOException {
        return store.database().<@Nullable StoredLayer>write(transaction -> {
            StoredLayer layer = find(transaction, chainId);
            if (layer != null) {
                lease(transaction, session, chainId);
            }
            return layer;
        });
    }

    static void lease(Transaction transaction, Session session, ChainId chainId) throws SQLException {
        transaction.update(
                "INSERT OR IGNORE INTO lease (session, kind, key) VALUES (?, 'layer', ?)",
                session.id(),
                chainId.toString());
    }

    static @Nullable StoredLayer find(Transaction transaction, ChainId chainId) throws SQLException {
        return transaction.first(
                LayerStore::read, "SELECT " + COLUMNS + " FROM layer WHERE chain_id = ?", chainId.toString());
    }

    /**
     * The layers of a chain, the topmost first.
     *
     * @param top null is the chain of no layers
     * @throws EngineException DAMAGED where one is missing
     */
    public List<StoredLayer> chain(@Nullable ChainId top) throws IOException {
        return store.database().read(transaction -> chain(transaction, top));
    }

    static List<StoredLayer> chain(Transaction transaction, @Nullable ChainId top) throws SQLException, IOException {
        if (top == null) {
            return List.of();
        }
        List<StoredLayer> layers = transaction.list(
                LayerStore::read,
                "WITH RECURSIVE chain (" + COLUMNS + ", depth) AS ("
                        + "SELECT " + COLUMNS + ", 0 FROM layer WHERE chain_id = ?"
                        + " UNION ALL SELECT l.chain_id, l.diff_id, l.parent, l.directory, l.link, l.size_bytes, depth + 1"
                        + " FROM layer l JOIN chain ON l.chain_id = chain.parent)"
                        + " SELECT " + COLUMNS + " FROM chain ORDER BY depth",
                top.toString());
        if (layers.isEmpty()) {
            throw new EngineException(Reason.DAMAGED, "the store lacks the layer " + top);
        }
        return layers;
    }

    private static StoredLayer read(ResultSet row) throws SQLException {
        String parent = row.getString("parent");
        return new StoredLayer(
                ChainId.parse(row.getString("chain_id")),
                DiffId.parse(row.getString("diff_id")),
                parent == null ? null : ChainId.parse(parent),
                row.getString("directory"),
                row.getString("link"),
                row.getLong("size_bytes"));
    }

    /** The directories of these layers' files. */
    public List<Path> diffs(List<StoredLayer> layers) {
        return layers.stream()
                .map(layer -> store.layout().diff(layer.directory()))
                .toList();
    }
}
