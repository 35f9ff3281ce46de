package mille.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mille.engine.image.BlobTransfers;
import mille.engine.image.BusyboxImage;
import mille.engine.image.ImageAssembly;
import mille.engine.image.LocalImage;
import mille.engine.image.RootfsImage;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.Container;
import mille.engine.model.ContainerClaim;
import mille.engine.model.GraphDriver;
import mille.engine.model.Image;
import mille.engine.model.NewContainer;
import mille.engine.model.ProgressListener;
import mille.engine.model.RemovedImage;
import mille.engine.store.LockedContainer;
import mille.engine.store.Session;
import mille.engine.store.Store;
import mille.oci.ImageConfig;
import mille.oci.Platform;
import mille.oci.Reference;
import mille.oci.registry.RegistryClient;
import mille.oci.source.ImageSource;
import mille.oci.source.LocalImages;
import mille.oci.source.ResolvedImage;
import mille.oci.source.SourceImage;
import mille.overlay.OverlayOptions;
import mille.overlay.changes.Change;
import mille.overlay.changes.Changes;
import mille.overlay.changes.Marks;
import org.jspecify.annotations.Nullable;

/**
 * What Mille can do with images and containers, for a command line or a server to ask.
 *
 * <p>Where a method takes a text for an image or a container, it is what a person types: a name, an id, or the start of one. Failures that
 * such a person can mend are {@link mille.engine.model.EngineException}s. May be used by several threads; several processes may have the
 * same store open.
 */
public final class Engine implements AutoCloseable {
    private final Store store;
    private final BlobTransfers transfers;

    private Engine(Store store) {
        this.store = store;
        this.transfers = new BlobTransfers(store);
    }

    /** {@code /var/lib/mille} for root, else {@code $XDG_DATA_HOME/mille} or {@code ~/.local/share/mille}. */
    public static Path defaultRoot() {
        if (System.getProperty("user.name").equals("root")) {
            return Path.of("/var/lib/mille");
        }
        String dataHome = System.getenv("XDG_DATA_HOME");
        return dataHome != null && dataHome.startsWith("/")
                ? Path.of(dataHome, "mille")
                : Path.of(System.getProperty("user.home"), ".local", "share", "mille");
    }

    /**
     * Opens a store, making it where there is none, and puts in order what killed processes left in it.
     *
     * @param abandoned ends what is left of containers whose Mille process was killed
     * @throws mille.engine.model.EngineException DAMAGED where a later version of Mille wrote the store
     */
    public static Engine open(Path root, AbandonedContainers abandoned) throws IOException {
        Store store = Store.open(root);
        boolean swept = false;
        try {
            store.sweep(abandoned);
            swept = true;
            return new Engine(store);
        } finally {
            if (!swept) {
                store.close();
            }
        }
    }

    /**
     * Fetches an image from its registry, as far as the store lacks it.
     *
     * @param platform which one to take where there is an image for several
     * @return the image, named as it was asked for and by the digest that the registry knows it by
     * @throws mille.oci.registry.RegistryException where the registry says no or can't be reached
     * @throws mille.oci.source.NoSuchPlatformException where there is none for the platform
     * @throws IOException where something in the image isn't what it says it is
     */
    public Image pull(Reference reference, Platform platform, ProgressListener listener) throws IOException {
        try (RegistryClient registry = new RegistryClient();
                ImageSource source = registry.open(reference)) {
            SourceImage offered = source.images().getFirst();
            ResolvedImage resolved = source.resolve(offered.descriptor(), platform);
            List<Reference> names = new ArrayList<>();
            if (reference.digest() == null) {
                names.add(reference);
            }
            names.add(reference.withDigest(offered.descriptor().digest()));
            return new ImageAssembly(store, transfers, listener).assemble(resolved, source::blob, names);
        }
    }

    /**
     * Brings in the images of an archive: an OCI layout or what {@code docker save} wrote, as a tar (compressed or not) or a directory.
     *
     * @param platform which one to take where the archive has an image for several
     * @return the images in the archive's order
     * @throws IOException where it is no such archive, or something in it isn't what it says it is
     */
    public List<Image> load(Path archive, Platform platform, ProgressListener listener) throws IOException {
        try (Session session = store.beginSession()) {
            Path temporary = Files.createDirectory(session.newPath());
            try (ImageSource source = LocalImages.open(archive, temporary)) {
                List<Image> loaded = new ArrayList<>();
                for (SourceImage image : source.images()) {
                    ResolvedImage resolved = source.resolve(image.descriptor(), platform);
                    loaded.add(new ImageAssembly(store, transfers, listener)
                            .assemble(resolved, source::blob, image.names()));
                }
                return loaded;
            }
        }
    }

    /**
     * Makes an image of one layer of the tar of a root file system.
     *
     * @param tar plain or compressed; it doesn't change meanwhile
     * @throws mille.engine.model.EngineException INVALID where an entry would lead outside
     */
    public Image importRootfs(Path tar, Reference name, ProgressListener listener) throws IOException {
        return assemble(RootfsImage.of(tar), name, listener);
    }

    /** Whether the name is that of the image that {@link #makeDefaultImage} makes. */
    public static boolean isDefaultImage(Reference name) {
        return name.equals(BusyboxImage.NAME);
    }

    /**
     * Makes the image {@code busybox:latest} of this machine's static busybox, with two layers: for a store that has no image of that name.
     *
     * @throws mille.engine.model.EngineException NOT_FOUND where the machine has no busybox
     */
    public Image makeDefaultImage(ProgressListener listener) throws IOException {
        return assemble(BusyboxImage.make(), BusyboxImage.NAME, listener);
    }

    private Image assemble(LocalImage image, Reference name, ProgressListener listener) throws IOException {
        return new ImageAssembly(store, transfers, listener).assemble(image.resolved(), image, List.of(name));
    }

    /** All images, the newest first. */
    public List<Image> images() throws IOException {
        return store.images().list();
    }

    /**
     * @return null where there is none
     * @throws mille.engine.model.EngineException CONFLICT where the start of an id fits several, INVALID where it is no name
     */
    public @Nullable Image findImage(String text) throws IOException {
        return store.images().find(text);
    }

    /**
     * @throws mille.engine.model.EngineException NOT_FOUND, and as {@link #findImage}
     */
    public Image image(String text) throws IOException {
        return store.images().get(text);
    }

    /** How the image wants to be run, and its history. */
    public ImageConfig config(Image image) throws IOException {
        return ImageConfig.parse(store.blobs().read(image.id()));
    }

    /** The image's layers: the topmost as {@code upper}, those below it as lowers. */
    public GraphDriver directories(Image image) throws IOException {
        return store.imageDirectories(image);
    }

    /**
     * Removes a name of an image, and with its last name the image and all that nothing else needs, by Docker's rules.
     *
     * @param force also where it has several names or a stopped container uses it
     * @throws mille.engine.model.EngineException NOT_FOUND, CONFLICT
     */
    public RemovedImage removeImage(String text, boolean force) throws IOException {
        return store.removeImage(text, force);
    }

    /** All containers, the newest first. */
    public List<Container> containers() throws IOException {
        return store.containers().list();
    }

    /**
     * @throws mille.engine.model.EngineException NOT_FOUND, CONFLICT where the start of an id fits several
     */
    public Container container(String text) throws IOException {
        return store.containers().get(text);
    }

    /**
     * Makes a container, with its writable layer and its directory, of an image that is in the store. Runs nothing.
     *
     * @throws mille.engine.model.EngineException NOT_FOUND without such an image, CONFLICT where the name is taken
     */
    public Container createContainer(NewContainer wanted) throws IOException {
        try (Session session = store.beginSession()) {
            return store.containers().create(session, wanted);
        }
    }

    /**
     * Takes a container for as long as it runs, or something else is done that bears no company.
     *
     * @throws mille.engine.model.EngineException CONFLICT where it is running or being removed
     */
    public ContainerClaim claim(Container container) throws IOException {
        return store.containers().claim(container);
    }

    /**
     * Removes a container that doesn't run, with all that it wrote.
     *
     * @throws mille.engine.model.EngineException NOT_FOUND, CONFLICT where it runs
     */
    public void removeContainer(String text) throws IOException {
        try (LockedContainer claim = store.containers().claim(container(text))) {
            store.removeContainer(claim);
        }
    }

    /** Where the container's bundle and logs go; it goes with the container. */
    public Path directory(Container container) {
        return store.containers().directory(container);
    }

    /** What {@code docker inspect} shows as {@code GraphDriver}. All the directories exist; {@code merged} is empty unless it is mounted. */
    public GraphDriver directories(Container container) throws IOException {
        return store.containers().directories(container);
    }

    /** What to mount at {@link GraphDriver#merged} to run the container. */
    public OverlayOptions overlay(Container container) throws IOException {
        GraphDriver directories = directories(container);
        return OverlayOptions.of(directories.lowers(), directories.upper(), directories.work());
    }

    /** What the container changed against its image, as {@code docker diff} has it, in order of path. It may be running. */
    public List<Change> diff(Container container) throws IOException {
        GraphDriver directories = directories(container);
        return Changes.of(directories.upper(), directories.lowers(), Marks.TRUSTED);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
