package mille.overlay;

import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.Name;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;

/**
 * One directory tree of the overlay. Everything in it is reached beneath its root and through no symlink, whatever the tree holds.
 *
 * <p>Index 0 is the upper layer (even where there is none), 1 the topmost lower.
 */
final class Layer implements AutoCloseable {
    static final int UPPER = 0;

    private final int index;
    private final Fd root;
    private final long device;

    /** Set once a directory says that its layer uses attributes as whiteouts ({@code overlay.opaque} is {@code x}). */
    private volatile boolean xattrWhiteouts;

    /** Takes over the descriptor. */
    Layer(int index, Fd root) throws ErrnoException {
        this.index = index;
        this.root = root;
        this.device = Stat.of(root).device();
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

    boolean hasXattrWhiteouts() {
        return xattrWhiteouts;
    }

    void foundXattrWhiteouts() {
        xattrWhiteouts = true;
    }

    /**
     * Opens a directory of this layer with {@code O_PATH}.
     *
     * @throws ErrnoException ENOTDIR, ENOENT; ELOOP for a symlink on the way
     */
    Fd openDirectory(RelativePath path) throws ErrnoException {
        return root.openBeneath(path, O.PATH | O.DIRECTORY | O.NOFOLLOW);
    }

    Fd open(Name path, int flags) throws ErrnoException {
        return root.openBeneath(path, flags | O.NOFOLLOW);
    }

    @Override
    public void close() {
        root.close();
    }
}
