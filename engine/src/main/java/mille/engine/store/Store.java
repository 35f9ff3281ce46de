package mille.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.engine.model.GraphDriver;
import mille.engine.model.Image;
import mille.engine.model.RemovedImage;
import mille.linux.Fd;
import mille.linux.FileLock;
import mille.linux.O;
import mille.oci.Digest;

/**
 * A store's root directory, opened. Several processes may have it open and at work; one object may be used by several threads.
 */
public final class Store implements AutoCloseable {
    private static final String OWNER_ONLY = "rwx------";
    private static final String OWNER_AND_TRAVERSAL = "rwx--x---";
    private static final int LOCK_FILE_MODE = 0600;

    private final Layout layout;
    private final Database database;
    private final Step.Observer observer;
    private final RandomNames names = new RandomNames();
    private final Trash trash;
    private final BlobStore blobs = new BlobStore(this);
    private final LayerStore layers = new LayerStore(this);
    private final ImageStore images = new ImageStore(this);
    private final ContainerStore containers = new ContainerStore(this);

    private Store(Layout layout, Database database, Step.Observer observer) {
        this.layout = layout;
        this.database = database;
        this.observer = observer;
        this.trash = new Trash(layout.trash(), names);
    }

    /**
     * Opens a store, making what is missing.
     *
     * @throws mille.engine.model.EngineException DAMAGED where a later version wrote it
     */
    public static Store open(Path root) throws IOException {
        return open(root, Step.Observer.NONE);
    }

    static Store open(Path root, Step.Observer observer) throws IOException {
        DurableFiles.makeDirectory(root, OWNER_AND_TRAVERSAL);
        Layout layout = new Layout(root.toRealPath());
        try (Fd lock = Fd.open(layout.lockFile(), O.RDWR | O.CREAT, LOCK_FILE_MODE)) {
            FileLock.exclusive(lock);
            makeDirectories(layout);
            return new Store(layout, Database.open(layout.database(), layout.nativeLibraries()), observer);
        }
    }

    private static void makeDirectories(Layout layout) throws IOException {
        DurableFiles.makeDirectory(layout.layers(), OWNER_AND_TRAVERSAL);
        DurableFiles.makeDirectory(layout.links(), OWNER_AND_TRAVERSAL);
        DurableFiles.makeDirectory(layout.blobs(), OWNER_ONLY);
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            DurableFiles.makeDirectory(layout.blobs(algorithm), OWNER_ONLY);
        }
        DurableFiles.makeDirectory(layout.containers(), OWNER_ONLY);
        DurableFiles.makeDirectory(layout.staging(), OWNER_ONLY);
        DurableFiles.makeDirectory(layout.trash(), OWNER_ONLY);
    }

    /** Puts in order what processes left behind that are gone; see {@code docs/on-disk.md}, "Sweeping". */
    public void sweep(AbandonedContainers abandoned) throws IOException {
        Sweep.run(this, abandoned);
    }

    /** Begins a piece of work that adds something; the caller closes it when an image or container names all that it added. */
    public Session beginSession() throws IOException {
        return Session.begin(this);
    }

    public BlobStore blobs() {
        return blobs;
    }

    public LayerStore layers() {
        return layers;
    }

    public ImageStore images() {
        return images;
    }

    public ContainerStore containers() {
        return containers;
    }

    /**
     * Removes a name of an image, and with the last one the image.
     *
     * @param text as {@link ImageStore#find} takes it
     * @param force also where several names or a stopped container stand against it
     * @throws mille.engine.model.EngineException NOT_FOUND, CONFLICT
     */
    public RemovedImage removeImage(String text, boolean force) throws IOException {
        return ImageRemoval.remove(this, text, force);
    }

    /** An image's layers: the topmost as {@code upper}, those below it as lowers. */
    public GraphDriver imageDirectories(Image image) throws IOException {
        List<StoredLayer> chain = layers.chain(images.topOf(image.id()));
        if (chain.isEmpty()) {
            throw new EngineException(Reason.NOT_FOUND, "the image " + image.shortId() + " has no layers");
        }
        Path top = layout.layer(chain.getFirst().directory());
        return new GraphDriver(
                layers.diffs(chain.subList(1, chain.size())),
                top.resolve(Layout.DIFF),
                top.resolve(Layout.WORK),
                top.resolve(Layout.MERGED));
    }

    /**
     * Removes a container that this process has claimed: what is mounted, its layers, its directory, its record. The claim is then of no use
     * but to be closed.
     */
    public void removeContainer(LockedContainer claim) throws IOException {
        StaleMounts.clear(layout.layer(claim.container().id()));
        claim.remove();
    }

    Layout layout() {
        return layout;
    }

    Database database() {
        return database;
    }

    RandomNames names() {
        return names;
    }

    Trash trash() {
        return trash;
    }

    void taken(Step step) {
        observer.taken(step);
    }

    /** Nothing may be at work in this store object any more. */
    @Override
    public void close() throws IOException {
        database.close();
    }
}
