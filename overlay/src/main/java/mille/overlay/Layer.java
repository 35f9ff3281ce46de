package mille.overlay;

import java.util.List;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Name;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * One directory tree of the overlay. Everything in it is reached beneath its root and through no symlink, whatever the tree holds.
 *
 * <p>Index 0 is the upper layer (even where there is none), 1 the topmost lower.
 */
final class Layer implements AutoCloseable {
    static final int UPPER = 0;

    private static final int DIRECTORY = O.DIRECTORY | O.NOFOLLOW;
    private static final int PATH_MAX = 4096;

    /** As many of the longest names as surely fit into one path. */
    private static final int NAMES_AT_ONCE = PATH_MAX / (FileName.MAX_BYTES + 1) - 1;

    private final int index;
    private final Fd root;
    private final long device;
    private final boolean whiteoutFiles;

    /** Null where owners and modes are in the inodes. */
    private final @Nullable OverrideStat override;

    /** Set once a directory says that its layer uses attributes as whiteouts ({@code overlay.opaque} is {@code x}). */
    private volatile boolean xattrWhiteouts;

    /** Takes over the descriptor. */
    Layer(int index, Fd root, OverlayOptions options) throws ErrnoException {
        this.index = index;
        this.root = root;
        this.device = Stat.of(root).device();
        this.whiteoutFiles = index != UPPER && options.has(OverlayOptions.Feature.WHITEOUT_FILES);
        Owners.Keeping keeping = options.owners().keeping();
        if (index == UPPER) {
            this.override = OverrideStat.ofUpper(root, keeping, options.isReadOnly());
        } else {
            this.override = keeping == Owners.Keeping.INODES ? null : OverrideStat.ofLower(root);
        }
    }

    /** Whether its inodes say nothing of owners and modes. */
    boolean overridesStat() {
        return override != null;
    }

    /** What a file here is to be taken for, of which the inode is known. */
    Stat seen(Stat raw, Fd directory, Name name) throws ErrnoException {
        return override == null ? raw : override.seen(raw, Xattrs.get(directory, name, override.name()));
    }

    /** What a file here is to be taken for. */
    Stat seen(Location at) throws ErrnoException {
        return override == null ? at.stat() : override.seen(at);
    }

    /** Changes owners, as {@code chown(2)}; -1 leaves one. */
    void setOwner(Location at, int uid, int gid) throws ErrnoException {
        if (override == null) {
            at.setOwner(uid, gid);
        } else {
            override.setOwner(at, uid, gid);
        }
    }

    /** Changes the mode, as {@code chmod(2)}. */
    void setMode(Location at, int permissions) throws ErrnoException {
        if (override == null) {
            at.setMode(permissions);
        } else {
            override.setMode(at, permissions);
        }
    }

    int index() {
        return index;
    }

    boolean isUpper() {
        return index == UPPER;
    }

    /** {@code O_PATH}. */
    Fd root() {
        return root;
    }

    /** The file system that its root lies on, as {@link Stat#device}. */
    long device() {
        return device;
    }

    /** Whether {@code .wh.} files take names away here. */
    boolean hasWhiteoutFiles() {
        return whiteoutFiles;
    }

    boolean hasXattrWhiteouts() {
        return xattrWhiteouts;
    }

    void foundXattrWhiteouts() {
        xattrWhiteouts = true;
    }

    /**
     * Opens a directory of this layer. Its path may be longer than the kernel takes at once.
     *
     * @param access {@code O_PATH} or {@code O_RDONLY}
     * @throws ErrnoException ENOTDIR, ENOENT; ELOOP for a symlink on the way
     */
    Fd openDirectory(RelativePath path, int access) throws ErrnoException {
        if (path.bytes().length < PATH_MAX) {
            return root.openBeneath(path, DIRECTORY | access);
        }
        List<FileName> names = path.names();
        Fd at = root.openBeneath(names.getFirst(), DIRECTORY | O.PATH);
        for (int next = 1; next < names.size(); ) {
            int end = Math.min(names.size(), next + NAMES_AT_ONCE);
            try (Fd parent = at) {
                int how = DIRECTORY | (end == names.size() ? access : O.PATH);
                at = parent.openBeneath(RelativePath.of(names.subList(next, end)), how);
            }
            next = end;
        }
        return at;
    }

    /** Of a path of this layer; null where there is nothing, or something else than directories on the way. */
    @Nullable
    Stat statOrNull(RelativePath path) throws ErrnoException {
        try (Fd file = root.openBeneath(path, O.PATH | O.NOFOLLOW)) {
            return Stat.of(file);
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case ENOENT, ENOTDIR, ELOOP -> null;
                default -> throw e;
            };
        }
    }

    @Override
    public void close() {
        root.close();
    }
}
