package mille.overlay;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileLock;
import mille.linux.LateLogger;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/** Checks the directories that an overlay is made of, takes the upper for itself, and opens the layers. */
final class OverlayMount {
    private static final System.Logger LOG = LateLogger.of("mille.overlay");

    /** Descriptors of directories that may stay open; the rest of what a process may have is for open files. */
    private static final int CACHED_DIRECTORIES = 2048;

    /** What has to be closed again, in the order of opening. */
    private final List<AutoCloseable> opened = new ArrayList<>();

    private OverlayOptions options;

    private OverlayMount(OverlayOptions options) {
        this.options = options;
    }

    /**
     * Opens the overlay.
     *
     * @throws IOException with one sentence that names the directory that won't do
     */
    static Overlay open(OverlayOptions options) throws IOException {
        OverlayMount mount = new OverlayMount(options);
        boolean complete = false;
        try {
            Overlay overlay = mount.open();
            complete = true;
            return overlay;
        } finally {
            if (!complete) {
                mount.closeAll();
            }
        }
    }

    private Overlay open() throws IOException {
        OverlayXattr xattrs = new OverlayXattr(options.has(OverlayOptions.Feature.USERXATTR));
        List<Layer> lowers = new ArrayList<>();
        for (Path lower : options.lowers()) {
            lowers.add(keep(new Layer(lowers.size() + 1, openLower("lowerdir", lower), options)));
        }
        for (Path data : options.dataLowers()) {
            lowers.add(keep(new Layer(lowers.size() + 1, openLower("datadir", data), options)));
        }
        Layer upper = null;
        WorkDirectory work = null;
        Fd workRoot = null;
        Path upperPath = options.upper();
        Path workPath = options.work();
        if (upperPath != null && workPath != null) {
            PrivateMounts.Writable writable = keep(openWritable(upperPath, workPath));
            workRoot = writable.work();
            upper = openUpper(writable.upper(), upperPath);
            lock("upperdir", upperPath, writable.upper());
            lock("workdir", workPath, workRoot);
            work = openWork(writable, workPath);
            if (options.has(OverlayOptions.Feature.MOUNT_UUID) && !options.isReadOnly()) {
                MountUuid.ensure(upper.root(), xattrs);
            }
        }
        List<Layer> layers = new ArrayList<>();
        layers.add(upper == null ? lowers.getFirst() : upper);
        layers.addAll(lowers);
        List<LayerFileSystem> fileSystems = LayerFileSystem.of(layers, options.has(OverlayOptions.Feature.NO_UUID));
        fileSystems.forEach(this::keep);
        Origin origins = new Origin(fileSystems);
        HardlinkIndex index = workRoot == null ? null : openIndex(workRoot, xattrs, layers, fileSystems, origins);
        if (index == null) {
            options = options.without(OverlayOptions.Feature.INDEX);
        }
        if (options.has(OverlayOptions.Feature.NFS_EXPORT) && !canExport(layers, fileSystems, index)) {
            LOG.log(Level.WARNING, "nfs_export=off: it needs an index, and file handles of all layers");
            options = options.without(OverlayOptions.Feature.NFS_EXPORT);
        }
        if (options.has(OverlayOptions.Feature.VERITY) && !Verity.isKeptIn(lowers)) {
            LOG.log(
                    Level.WARNING,
                    "no lower directory lies on a file system with fs-verity: what has a digest can't be opened");
        }
        return build(xattrs, layers, fileSystems, origins, upper, work, index);
    }

    private Fd openLower(String option, Path path) throws IOException {
        return PrivateMounts.ofLower(openDirectory(option, path));
    }

    private PrivateMounts.Writable openWritable(Path upperPath, Path workPath) throws IOException {
        Fd upper = keep(openDirectory("upperdir", upperPath));
        Fd work = keep(openDirectory("workdir", workPath));
        Path realUpper = upperPath.toRealPath();
        Path realWork = workPath.toRealPath();
        if (Stat.of(work).device() != Stat.of(upper).device()) {
            throw new IOException(
                    "upperdir " + upperPath + " and workdir " + workPath + " lie on different file systems");
        }
        checkSeparate(upperPath, realUpper, workPath, realWork);
        return PrivateMounts.ofUpperAndWork(upper, realUpper, work, realWork, options);
    }

    private Layer openUpper(Fd root, Path path) throws IOException {
        try {
            return keep(new Layer(Layer.UPPER, root, options));
        } catch (ErrnoException e) {
            throw new IOException(
                    e.errno() == Errno.EINVAL
                            ? "upperdir " + path + " was written with another xattr_permissions"
                            : "upperdir " + path + " can't be used: "
                                    + e.errno().sentence(),
                    e);
        }
    }

    /**
     * Opens the index, if there is to be one. It names lower files by their handles, so it needs layers that have such; and it belongs to
     * this upper directory above this lower one.
     *
     * @return null where it is off, or has to be, which is the case with the kernel's overlay too
     * @throws IOException where the user asked for an index, and the one that is there belongs to other directories
     */
    private @Nullable HardlinkIndex openIndex(
            Fd workRoot, OverlayXattr xattrs, List<Layer> layers, List<LayerFileSystem> fileSystems, Origin origins)
            throws IOException {
        if (!options.has(OverlayOptions.Feature.INDEX) || options.lowers().isEmpty()) {
            return null;
        }
        if (!LayerFileSystem.canBeToldApart(fileSystems, layers)) {
            LOG.log(Level.INFO, "index=off: the layers'' file systems have no file handles, or share a UUID");
            return null;
        }
        HardlinkIndex index = HardlinkIndex.open(workRoot, xattrs, layers, origins);
        if (index != null) {
            keep(index);
            if (!options.isReadOnly()) {
                new IndexSweep(index, xattrs, origins).run();
            }
            return index;
        }
        String reason = "upperdir " + options.upper() + " and workdir " + options.work()
                + " were last used with each other or with lowerdir "
                + options.lowers().getFirst() + " in another place";
        if (options.has(OverlayOptions.Feature.STRICT_INDEX)) {
            throw new IOException(reason + "; mount with index=off");
        }
        LOG.log(Level.WARNING, "index=off: {0}", reason);
        return null;
    }

    /** As for an index; where no name can be copied up away from others of its file, without one. */
    private boolean canExport(List<Layer> layers, List<LayerFileSystem> fileSystems, @Nullable HardlinkIndex index)
            throws ErrnoException {
        boolean needsIndex = options.upper() != null && !options.lowers().isEmpty();
        return index != null || (!needsIndex && LayerFileSystem.canBeToldApart(fileSystems, layers));
    }

    private Overlay build(
            OverlayXattr xattrs,
            List<Layer> layers,
            List<LayerFileSystem> fileSystems,
            Origin origins,
            @Nullable Layer upper,
            @Nullable WorkDirectory work,
            @Nullable HardlinkIndex index)
            throws ErrnoException {
        int[] all = new int[mergedRoots(layers)];
        for (int i = 0; i < all.length; i++) {
            all[i] = i + 1;
        }
        for (Layer layer : layers) {
            if (Opaque.of(xattrs, layer.root()) == Opaque.XATTR_WHITEOUTS) {
                layer.foundXattrWhiteouts();
            }
        }
        InodeNumbers inodes = new InodeNumbers(layers, fileSystems);
        boolean exports = options.has(OverlayOptions.Feature.NFS_EXPORT);
        NodeTable nodes = new NodeTable(exports ? new ScatteredIds() : new OrderedIds());
        Layer numbered = layers.get(all.length > 0 ? 1 : 0);
        long inode = inodes.shown(numbered.index(), Stat.of(numbered.root()).inode());
        nodes.makeRoot(
                new NodeFacts(Stat.S_IFDIR, inode, LastingIds.NONE, upper != null, Lowers.of(all), false, false, null));
        DirectoryCache directories = keep(new DirectoryCache(layers, CACHED_DIRECTORIES));
        Union union = new Union(
                options,
                xattrs,
                layers,
                work,
                nodes,
                new LastingIds(exports ? origins : null),
                new Locks(),
                directories,
                inodes,
                origins,
                index,
                Durability.of(options, layers.getFirst().root()),
                new OverlayCounters());
        return new Overlay(union, this::closeAll);
    }

    /** How many lowers the root is made of: a whiteout file can end it early, other than an attribute, as with fuse-overlayfs. */
    private int mergedRoots(List<Layer> layers) throws ErrnoException {
        int count = options.lowers().size();
        for (int i = 1; i <= count; i++) {
            if (WhiteoutFiles.makeOpaque(layers.get(i), layers.get(i).root(), RelativePath.EMPTY)) {
                return i;
            }
        }
        return count;
    }

    private static Fd openDirectory(String option, Path path) throws IOException {
        try {
            return Fd.open(path, O.PATH | O.DIRECTORY);
        } catch (ErrnoException e) {
            throw new IOException(
                    switch (e.errno()) {
                        case ENOENT -> option + " " + path + " does not exist";
                        case ENOTDIR -> option + " " + path + " is not a directory";
                        default -> cannotBeOpened(option, path, e);
                    },
                    e);
        }
    }

    private static String cannotBeOpened(String option, Path path, ErrnoException e) {
        return option + " " + path + " can't be opened: " + e.errno().sentence();
    }

    private void checkSeparate(Path upperPath, Path realUpper, Path workPath, Path realWork) throws IOException {
        if (realUpper.startsWith(realWork) || realWork.startsWith(realUpper)) {
            throw new IOException("upperdir " + upperPath + " and workdir " + workPath + " lie within each other");
        }
        for (Path lower : options.lowers()) {
            Path realLower = lower.toRealPath();
            if (realUpper.startsWith(realLower) || realLower.startsWith(realUpper)) {
                throw new IOException("upperdir " + upperPath + " and lowerdir " + lower + " lie within each other");
            }
            if (realWork.startsWith(realLower) || realLower.startsWith(realWork)) {
                throw new IOException("workdir " + workPath + " and lowerdir " + lower + " lie within each other");
            }
        }
    }

    /** Held for as long as the descriptor is open: also by a process that was killed not a moment longer. */
    private void lock(String option, Path path, Fd directory) throws IOException {
        Fd lock;
        try {
            lock = keep(directory.openAt(RelativePath.EMPTY, O.RDONLY | O.DIRECTORY));
        } catch (ErrnoException e) {
            throw new IOException(cannotBeOpened(option, path, e), e);
        }
        if (!FileLock.tryExclusive(lock)) {
            throw new IOException(option + " " + path + " is in use by another mount");
        }
    }

    private WorkDirectory openWork(PrivateMounts.Writable writable, Path workPath) throws IOException {
        if (WorkDirectory.hasVolatileSentinel(writable.work())) {
            throw new IOException(
                    "workdir " + workPath
                            + " was last used by a volatile mount that didn't end well; throw the upperdir and the workdir away");
        }
        try {
            WorkDirectory work = keep(WorkDirectory.open(writable.work()));
            if (options.has(OverlayOptions.Feature.VOLATILE)) {
                Fd upperRoot = keep(writable.upper().openAt(RelativePath.EMPTY, O.RDONLY | O.DIRECTORY));
                work.placeVolatileSentinel();
                keep(() -> work.removeVolatileSentinel(upperRoot));
            }
            return work;
        } catch (ErrnoException e) {
            throw new IOException(
                    "workdir " + workPath + " can't be used: " + e.errno().sentence(), e);
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    private void closeAll() throws IOException {
        IOException failure = null;
        for (AutoCloseable resource : opened.reversed()) {
            try {
                resource.close();
            } catch (IOException e) {
                failure = e;
            } catch (Exception e) {
                failure = new IOException(e);
            }
        }
        opened.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
