package mille.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import mille.oci.ChainId;
import mille.oci.Digest;

/**
 * What the database has just forgotten, and still lies on disk.
 *
 * @param chains of the layers, the topmost first
 */
record Garbage(List<ChainId> chains, List<String> directories, List<String> links, List<Digest> blobs) {
    static final Garbage NONE = new Garbage(List.of(), List.of(), List.of(), List.of());

    /** A layer is needed by an image or container whose topmost it is, by the layer upon it, and by who leases it. */
    private static final String FORGET_LAYERS = """
            DELETE FROM layer WHERE
              NOT EXISTS (SELECT 1 FROM image WHERE image.top_layer = layer.chain_id)
              AND NOT EXISTS (SELECT 1 FROM container WHERE container.top_layer = layer.chain_id)
              AND NOT EXISTS (SELECT 1 FROM layer upon WHERE upon.parent = layer.chain_id)
              AND NOT EXISTS (SELECT 1 FROM lease WHERE lease.kind = 'layer' AND lease.key = layer.chain_id)
            RETURNING chain_id, directory, link
            """;

    private static final String FORGET_BLOBS = """
            DELETE FROM blob WHERE
              NOT EXISTS (SELECT 1 FROM image_blob WHERE image_blob.digest = blob.digest)
              AND NOT EXISTS (SELECT 1 FROM lease WHERE lease.kind = 'blob' AND lease.key = blob.digest)
            RETURNING digest
            """;

    /** Forgets every layer and blob that nothing needs. */
    static Garbage collect(Transaction transaction) throws SQLException {
        Garbage garbage = new Garbage(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        // Each round takes the layers that have none upon them; the next finds those that they stood on.
        while (!transaction
                .list(row -> garbage.addLayer(row.getString(1), row.getString(2), row.getString(3)), FORGET_LAYERS)
                .isEmpty()) {}
        garbage.blobs.addAll(transaction.list(row -> Digest.parse(row.getString(1)), FORGET_BLOBS));
        return garbage;
    }

    private boolean addLayer(String chainId, String directory, String link) {
        chains.add(ChainId.parse(chainId));
        links.add(link);
        return directories.add(directory);
    }

    boolean isEmpty() {
        return directories.isEmpty() && links.isEmpty() && blobs.isEmpty();
    }

    /**
     * Moves it into the trash and deletes it there. Blobs and directories of a name that somebody has named again by now are left alone: the
     * move happens in a write transaction, which nobody else can be in.
     */
    void delete(Store store) throws IOException {
        if (isEmpty()) {
            return;
        }
        Layout layout = store.layout();
        store.database().change(transaction -> {
            for (String link : links) {
                Files.deleteIfExists(layout.links().resolve(link));
            }
            for (String directory : directories) {
                store.trash().take(layout.layer(directory));
            }
            for (Digest blob : blobs) {
                if (!transaction.exists("SELECT 1 FROM blob WHERE digest = ?", blob.toString())) {
                    store.trash().take(layout.blob(blob));
                }
            }
        });
        store.taken(Step.IN_TRASH);
        store.trash().empty();
        store.taken(Step.DELETED);
    }
}
