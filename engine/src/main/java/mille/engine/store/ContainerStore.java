package mille.engine.store;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import mille.engine.model.Container;
import mille.engine.model.ContainerState;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.engine.model.GraphDriver;
import mille.engine.model.NewContainer;
import mille.oci.ChainId;
import mille.oci.Digest;
import org.jspecify.annotations.Nullable;

/**
 * Containers: their records, their writable layers, their directories.
 *
 * <p>A container's layers are {@code overlay2/<id>}, and below it {@code overlay2/<id>-init} with what every container has before its process
 * starts. To make one:
 *
 * <ol>
 *   <li>both are prepared and synced in the session's directory: a crash leaves what is swept with the session
 *   <li>in a write transaction, their short links are made, then the two directories are renamed into place, and {@code containers/<id>} is
 *       made: what a crash leaves isn't named by the database, and is swept
 *   <li>the transaction names the container: from here on it is there
 * </ol>
 *
 * To remove one, the other way round: the record goes, then the directories go into the trash, then they are deleted.
 */
public final class ContainerStore {
    private static final Pattern ID_PREFIX = Pattern.compile("[0-9a-f]{1,64}");
    private static final String COLUMNS =
            "id, name, image, image_name, created, status, pid, exit_code, started, finished, error, config";

    private final Store store;

    ContainerStore(Store store) {
        this.store = store;
    }

    /**
     * Makes a container of an image that is there.
     *
     * @throws EngineException NOT_FOUND without such an image, CONFLICT where the name is taken
     */
    public Container create(Session session, NewContainer wanted) throws IOException {
        ImageUse use = store.database().write(transaction -> leaseImage(transaction, session, wanted.image()));
        String id = store.names().id();
        String link = store.names().link();
        String initLink = store.names().link();
        Path init = session.newPath();
        Path own = session.newPath();
        InitLayer.make(init, initLink, use.layers, store.layers().diffs(use.layers));
        InitLayer.makeUpper(own, link, initLink, use.layers, init.resolve(Layout.DIFF));
        DurableFiles.syncDirectories(init);
        DurableFiles.syncDirectories(own);
        store.taken(Step.CONTAINER_PREPARED);
        store.database().change(transaction -> {
            String name = nameFor(transaction, wanted);
            LayerDirectory.link(store.layout(), initLink, id + Layout.INIT_SUFFIX);
            LayerDirectory.link(store.layout(), link, id);
            store.taken(Step.CONTAINER_LINKED);
            putInPlace(id, init, own);
            insert(
                    transaction,
                    new Container(
                            id,
                            name,
                            use.image,
                            wanted.image(),
                            Instant.now().truncatedTo(ChronoUnit.MICROS),
                            ContainerState.NEW,
                            wanted.config()),
                    use.top,
                    link,
                    initLink);
        });
        store.taken(Step.CONTAINER_NAMED);
        return get(id);
    }

    private record ImageUse(Digest image, @Nullable ChainId top, List<StoredLayer> layers) {}

    private static ImageUse leaseImage(Transaction transaction, Session session, String text)
            throws SQLException, IOException {
        Digest image = ImageStore.resolve(transaction, text);
        if (image == null) {
            throw ImageStore.notFound(text);
        }
        ChainId top = ImageStore.topOf(transaction, image);
        if (top != null) {
            LayerStore.lease(transaction, session, top);
        }
        return new ImageUse(image, top, LayerStore.chain(transaction, top));
    }

    private String nameFor(Transaction transaction, NewContainer wanted) throws SQLException, EngineException {
        String name = wanted.name();
        if (name != null) {
            String holder = transaction.first(row -> row.getString(1), "SELECT id FROM container WHERE name = ?", name);
            if (holder != null) {
                throw new EngineException(
                        Reason.CONFLICT,
                        "the container name '" + name + "' is in use by container " + holder.substring(0, 12)
                                + ": remove or rename that, or take another name");
            }
            return name;
        }
        for (int attempt = 0; ; attempt++) {
            String random = store.names().containerName(attempt);
            if (!transaction.exists("SELECT 1 FROM container WHERE name = ?", random)) {
                return random;
            }
        }
    }

    private void putInPlace(String id, Path init, Path own) throws IOException {
        Layout layout = store.layout();
        DurableFiles.move(init, layout.layer(id + Layout.INIT_SUFFIX));
        DurableFiles.move(own, layout.layer(id));
        DurableFiles.makeDirectory(layout.container(id), "rwx------");
        Files.createFile(LockedContainer.lockFile(layout, id));
        DurableFiles.sync(layout.container(id));
        DurableFiles.sync(layout.containers());
        DurableFiles.sync(layout.layers());
        DurableFiles.sync(layout.links());
        store.taken(Step.CONTAINER_IN_PLACE);
    }

    private static void insert(
            Transaction transaction, Container container, @Nullable ChainId top, String link, String initLink)
            throws SQLException {
        transaction.update(
                "INSERT INTO container (id, name, image, image_name, top_layer, link, init_link, created, status, pid,"
                        + " exit_code, started, finished, error, config)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, NULL, NULL, '', ?)",
                container.id(),
                container.name(),
                container.image().toString(),
                container.imageName(),
                top == null ? null : top.toString(),
                link,
                initLink,
                container.created().toString(),
                container.state().status().name(),
                container.config().toString());
    }

    /** All of them, the newest first. */
    public List<Container> list() throws IOException {
        return store.database()
                .read(transaction -> transaction.list(
                        ContainerStore::read, "SELECT " + COLUMNS + " FROM container ORDER BY created DESC, id"));
    }

    /**
     * The container that a person means.
     *
     * @param text an id, a name, or the start of an id; in that order, as Docker
     * @return null where there is none
     * @throws EngineException CONFLICT where a start of an id fits several
     */
    public @Nullable Container find(String text) throws IOException {
        return store.database().<@Nullable Container>read(transaction -> {
            Container exact = transaction.first(
                    ContainerStore::read,
                    "SELECT " + COLUMNS + " FROM container WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC LIMIT 1",
                    text);
            if (exact != null || !ID_PREFIX.matcher(text).matches()) {
                return exact;
            }
            List<Container> fitting = transaction.list(
                    ContainerStore::read,
                    "SELECT " + COLUMNS + " FROM container WHERE id >= ? AND id < ? LIMIT 2",
                    text,
                    text + "~");
            if (fitting.size() > 1) {
                throw new EngineException(
                        Reason.CONFLICT,
                        "several containers have an id that starts with " + text + ": give more of it");
            }
            return fitting.isEmpty() ? null : fitting.getFirst();
        });
    }

    /**
     * As {@link #find}.
     *
     * @throws EngineException NOT_FOUND where there is none
     */
    public Container get(String text) throws IOException {
        Container container = find(text);
        if (container == null) {
            throw new EngineException(Reason.NOT_FOUND, "no such container: " + text);
        }
        return container;
    }

    /** The layers of its image, the topmost first. */
    public List<StoredLayer> imageLayers(Container container) throws IOException {
        return store.database().read(transaction -> {
            List<@Nullable String> top = new ArrayList<>();
            transaction.list(
                    row -> top.add(row.getString(1)), "SELECT top_layer FROM container WHERE id = ?", container.id());
            if (top.isEmpty()) {
                throw new EngineException(Reason.NOT_FOUND, "no such container: " + container.name());
            }
            String chain = top.getFirst();
            return LayerStore.chain(transaction, chain == null ? null : ChainId.parse(chain));
        });
    }

    /** The directories that it is united from; the first of the lowers is its init layer. */
    public GraphDriver directories(Container container) throws IOException {
        Layout layout = store.layout();
        List<Path> lowers = new ArrayList<>();
        lowers.add(layout.diff(container.id() + Layout.INIT_SUFFIX));
        lowers.addAll(store.layers().diffs(imageLayers(container)));
        Path own = layout.layer(container.id());
        return new GraphDriver(lowers, own.resolve(Layout.DIFF), own.resolve(Layout.WORK), own.resolve(Layout.MERGED));
    }

    /** For its bundle and logs: it is there for as long as the container is. */
    public Path directory(Container container) {
        return store.layout().container(container.id());
    }

    /**
     * Takes the container for this process: nobody else runs or removes it until the claim is closed.
     *
     * @throws EngineException CONFLICT where another process has it
     */
    public LockedContainer claim(Container container) throws IOException {
        return LockedContainer.take(store, container);
    }

    void setState(String id, ContainerState state) throws IOException {
        store.database()
                .change(transaction -> transaction.update(
                        "UPDATE container SET status = ?, pid = ?, exit_code = ?, started = ?, finished = ?, error = ?"
                                + " WHERE id = ?",
                        state.status().name(),
                        state.pid(),
                        state.exitCode(),
                        text(state.started()),
                        text(state.finished()),
                        state.error(),
                        id));
    }

    /** Replaces what {@link Container#config} holds. */
    public void setConfig(Container container, JsonObject config) throws IOException {
        store.database()
                .change(transaction -> transaction.update(
                        "UPDATE container SET config = ? WHERE id = ?", config.toString(), container.id()));
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static @Nullable Instant instant(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }

    private static Container read(ResultSet row) throws SQLException {
        ContainerState state = new ContainerState(
                ContainerState.Status.valueOf(row.getString("status")),
                row.getInt("pid"),
                row.getInt("exit_code"),
                instant(row.getString("started")),
                instant(row.getString("finished")),
                row.getString("error"));
        return new Container(
                row.getString("id"),
                row.getString("name"),
                Digest.parse(row.getString("image")),
                row.getString("image_name"),
                Instant.parse(row.getString("created")),
                state,
                JsonParser.parseString(row.getString("config")).getAsJsonObject());
    }
}
