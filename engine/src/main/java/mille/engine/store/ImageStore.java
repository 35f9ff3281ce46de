package mille.engine.store;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.engine.model.Image;
import mille.oci.ChainId;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.Platform;
import mille.oci.Reference;
import org.jspecify.annotations.Nullable;

/** Images and their names. */
public final class ImageStore {
    private static final Pattern ID_PREFIX = Pattern.compile("(?:sha256:)?([0-9a-f]{1,64})");

    private final Store store;

    ImageStore(Store store) {
        this.store = store;
    }

    /** Names the image: one transaction, so it is there with all its names or not at all. An image that is there gains the names. */
    public Image put(NewImage image) throws IOException {
        store.database().change(transaction -> {
            String id = image.id().toString();
            transaction.update(
                    "INSERT OR IGNORE INTO image (id, manifest, top_layer, platform, created) VALUES (?, ?, ?, ?, ?)",
                    id,
                    image.manifest().toString(),
                    image.top() == null ? null : image.top().toString(),
                    image.platform().toString(),
                    image.created().toString());
            for (Digest blob : image.blobs()) {
                transaction.update(
                        "INSERT OR IGNORE INTO image_blob (image, digest) VALUES (?, ?)", id, blob.toString());
            }
            for (Reference name : image.names()) {
                transaction.update(
                        "INSERT INTO image_name (name, kind, image) VALUES (?, ?, ?)"
                                + " ON CONFLICT (name) DO UPDATE SET image = excluded.image",
                        key(name),
                        name.digest() == null ? "tag" : "digest",
                        id);
            }
        });
        store.taken(Step.IMAGE_NAMED);
        return get(image.id().toString());
    }

    /** What the database knows a name by: with a digest, the tag says nothing. */
    private static String key(Reference name) {
        Digest digest = name.digest();
        return digest == null ? name.toString() : name.withDigest(digest).toString();
    }

    /** All of them, the newest first. */
    public List<Image> list() throws IOException {
        return store.database().read(transaction -> {
            List<Image> images = new ArrayList<>();
            for (Digest id : transaction.list(
                    row -> Digest.parse(row.getString(1)), "SELECT id FROM image ORDER BY created DESC, id")) {
                images.add(load(transaction, id));
            }
            return images;
        });
    }

    /**
     * The image that a person means.
     *
     * @param text a name, a name with a digest, an id, or the start of one
     * @return null where there is none
     * @throws EngineException CONFLICT where a start of an id fits several, INVALID where the text is neither name nor id
     */
    public @Nullable Image find(String text) throws IOException {
        return store.database().<@Nullable Image>read(transaction -> {
            Digest id = resolve(transaction, text);
            return id == null ? null : load(transaction, id);
        });
    }

    /**
     * As {@link #find}.
     *
     * @throws EngineException NOT_FOUND where there is none
     */
    public Image get(String text) throws IOException {
        Image image = find(text);
        if (image == null) {
            throw notFound(text);
        }
        return image;
    }

    static EngineException notFound(String text) {
        return new EngineException(Reason.NOT_FOUND, "no such image: " + text);
    }

    /** Docker's order: a whole id, a name, the start of an id. */
    static @Nullable Digest resolve(Transaction transaction, String text) throws SQLException, EngineException {
        var prefix = ID_PREFIX.matcher(text);
        boolean maybeId = prefix.matches();
        if (maybeId && prefix.group(1).length() == 64) {
            return idLike(transaction, text, prefix.group(1));
        }
        if (!text.startsWith("sha256:")) {
            Digest named = named(transaction, text, maybeId);
            if (named != null) {
                return named;
            }
        }
        return maybeId ? idLike(transaction, text, prefix.group(1)) : null;
    }

    private static @Nullable Digest named(Transaction transaction, String text, boolean maybeId)
            throws SQLException, EngineException {
        Reference name;
        try {
            name = Reference.parse(text);
        } catch (IllegalArgumentException e) {
            if (maybeId) {
                return null;
            }
            throw new EngineException(Reason.INVALID, String.valueOf(e.getMessage()), e);
        }
        return transaction.first(
                row -> Digest.parse(row.getString(1)), "SELECT image FROM image_name WHERE name = ?", key(name));
    }

    private static @Nullable Digest idLike(Transaction transaction, String text, String hex)
            throws SQLException, EngineException {
        // '~' sorts after every hexadecimal digit: a range of the primary key instead of a scan.
        List<String> ids = transaction.strings(
                "SELECT id FROM image WHERE id >= ? AND id < ? LIMIT 2", "sha256:" + hex, "sha256:" + hex + "~");
        if (ids.size() > 1) {
            throw new EngineException(
                    Reason.CONFLICT, "several images have an id that starts with " + text + ": give more of it");
        }
        return ids.isEmpty() ? null : Digest.parse(ids.getFirst());
    }

    /** One that is there. */
    static Image load(Transaction transaction, Digest id) throws SQLException, IOException {
        Row row = transaction.first(
                ImageStore::read,
                "SELECT manifest, top_layer, platform, created FROM image WHERE id = ?",
                id.toString());
        if (row == null) {
            throw notFound(id.toString());
        }
        List<StoredLayer> layers = LayerStore.chain(transaction, row.top);
        List<DiffId> diffIds =
                layers.reversed().stream().map(StoredLayer::diffId).toList();
        long sizeBytes = layers.stream().mapToLong(StoredLayer::sizeBytes).sum();
        return new Image(
                id,
                row.manifest,
                names(transaction, id, "tag"),
                names(transaction, id, "digest"),
                row.platform,
                row.created,
                sizeBytes,
                diffIds);
    }

    static List<Reference> names(Transaction transaction, Digest id, String kind) throws SQLException {
        return transaction.list(
                name -> Reference.parse(name.getString(1)),
                "SELECT name FROM image_name WHERE image = ? AND kind = ? ORDER BY name",
                id.toString(),
                kind);
    }

    /** The chain of an image's topmost layer; null where it has no layers. */
    public @Nullable ChainId topOf(Digest id) throws IOException {
        return store.database().<@Nullable ChainId>read(transaction -> topOf(transaction, id));
    }

    static @Nullable ChainId topOf(Transaction transaction, Digest id) throws SQLException, EngineException {
        Row row = transaction.first(
                ImageStore::read,
                "SELECT manifest, top_layer, platform, created FROM image WHERE id = ?",
                id.toString());
        if (row == null) {
            throw notFound(id.toString());
        }
        return row.top;
    }

    private record Row(Digest manifest, @Nullable ChainId top, Platform platform, Instant created) {}

    private static Row read(ResultSet row) throws SQLException {
        String top = row.getString("top_layer");
        return new Row(
                Digest.parse(row.getString("manifest")),
                top == null ? null : ChainId.parse(top),
                Platform.parse(row.getString("platform")),
                Instant.parse(row.getString("created")));
    }
}
