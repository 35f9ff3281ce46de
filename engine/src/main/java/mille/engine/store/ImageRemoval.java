package mille.engine.store;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import mille.engine.model.ContainerState.Status;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.engine.model.Image;
import mille.engine.model.RemovedImage;
import mille.oci.ChainId;
import mille.oci.Digest;
import mille.oci.Reference;
import org.jspecify.annotations.Nullable;

/**
 * What {@code rmi} does, by Docker's rules: a name goes; with the last name the image goes too, and with it what nothing else needs.
 *
 * <p>The steps:
 *
 * <ol>
 *   <li>one transaction forgets names, image, and all layers and blobs without reference or lease: from here on they are gone
 *   <li>what it forgot is moved into the trash: a crash before it leaves orphans, which are swept
 *   <li>the trash is emptied
 * </ol>
 */
final class ImageRemoval {
    private final Store store;
    private final String text;
    private final boolean force;
    private final List<Reference> untagged = new ArrayList<>();
    private final List<Digest> deleted = new ArrayList<>();

    private ImageRemoval(Store store, String text, boolean force) {
        this.store = store;
        this.text = text;
        this.force = force;
    }

    static RemovedImage remove(Store store, String text, boolean force) throws IOException {
        return new ImageRemoval(store, text, force).run();
    }

    private RemovedImage run() throws IOException {
        Garbage garbage = store.database().write(this::forget);
        store.taken(Step.FORGOTTEN);
        garbage.delete(store);
        return new RemovedImage(untagged, deleted);
    }

    private Garbage forget(Transaction transaction) throws SQLException, IOException {
        Digest id = ImageStore.resolve(transaction, text);
        if (id == null) {
            throw ImageStore.notFound(text);
        }
        Image image = ImageStore.load(transaction, id);
        Reference name = nameIn(image);
        boolean whole = name == null ? mayGoWhole(image) : isLastName(image, name);
        boolean needed = whole && isNeeded(transaction, image, name != null);
        if (name == null || whole) {
            image.tags().forEach(this::untag);
            image.digests().forEach(this::untag);
        } else {
            untag(name);
        }
        for (Reference gone : untagged) {
            transaction.update("DELETE FROM image_name WHERE name = ?", gone.toString());
        }
        if (!whole || needed) {
            return Garbage.NONE;
        }
        transaction.update("DELETE FROM image WHERE id = ?", id.toString());
        deleted.add(id);
        Garbage garbage = Garbage.collect(transaction);
        garbage.chains().stream().map(ChainId::digest).forEach(deleted::add);
        return garbage;
    }

    private void untag(Reference name) {
        untagged.add(name);
    }

    /** The name that the text stands for; null where it is an id. */
    private @Nullable Reference nameIn(Image image) {
        Reference name;
        try {
            name = Reference.parse(text);
        } catch (IllegalArgumentException notAName) {
            return null;
        }
        Digest digest = name.digest();
        Reference plain = digest == null ? name : name.withDigest(digest);
        return image.tags().contains(plain) || image.digests().contains(plain) ? plain : null;
    }

    /** By id: an image with names in several repositories goes only by force. */
    private boolean mayGoWhole(Image image) throws EngineException {
        long repositories =
                image.tags().stream().map(Reference::name).distinct().count();
        if (repositories > 1 && !force) {
            throw new EngineException(
                    Reason.CONFLICT,
                    "the image " + image.shortId()
                            + " has names in several repositories: remove it by name, or use --force");
        }
        return true;
    }

    /** Names by digest in the same repository count for nothing once its last tag goes. */
    private static boolean isLastName(Image image, Reference name) {
        boolean otherTag = image.tags().stream().anyMatch(tag -> !tag.equals(name));
        boolean otherDigest = image.digests().stream()
                .anyMatch(digest -> !digest.equals(name)
                        && !(name.digest() == null && digest.name().equals(name.name())));
        return !otherTag && !otherDigest;
    }

    /**
     * Whether a container keeps the image. A stopped one gives way to force: it keeps the layers. A running one never does: by force the
     * image loses its name.
     */
    private boolean isNeeded(Transaction transaction, Image image, boolean byName)
            throws SQLException, EngineException {
        String running = user(transaction, image, "=");
        String stopped = user(transaction, image, "<>");
        if (running != null && !(force && byName)) {
            throw new EngineException(
                    Reason.CONFLICT,
                    "the image " + text + " is used by the running container " + running + ": stop that first");
        }
        if (stopped != null && !force) {
            throw new EngineException(
                    Reason.CONFLICT,
                    "the image " + text + " is used by the stopped container " + stopped
                            + ": remove that first, or use --force");
        }
        return running != null;
    }

    private static @Nullable String user(Transaction transaction, Image image, String comparison) throws SQLException {
        return transaction.first(
                row -> row.getString(1),
                "SELECT name FROM container WHERE image = ? AND status " + comparison + " ? LIMIT 1",
                image.id().toString(),
                Status.RUNNING.name());
    }
}
