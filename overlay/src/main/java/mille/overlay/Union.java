package mille.overlay;

import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * What the operations of one overlay share: its layers, its nodes, its locks.
 *
 * @param layers by index; where there is no upper layer, the first is the topmost lower once more, and never asked for
 * @param work null where nothing can be changed
 * @param index null where hard links of lower files come apart when they are copied up
 */
record Union(
        OverlayOptions options,
        OverlayXattr xattrs,
        List<Layer> layers,
        @Nullable WorkDirectory work,
        NodeTable nodes,
        LastingIds lastingIds,
        Locks locks,
        DirectoryCache directories,
        InodeNumbers inodes,
        Origin origins,
        @Nullable HardlinkIndex index,
        Durability durability,
        OverlayCounters counters) {

    /** The layers with smaller indexes are merged; from here on they only hold data for copies of metadata. */
    int mergedLayers() {
        return layers.size() - options.dataLowers().size();
    }

    Layer layer(int index) {
        return layers.get(index);
    }

    /**
     * The work directory.
     *
     * @throws ErrnoException EROFS where nothing can be changed
     */
    WorkDirectory writable() throws ErrnoException {
        if (work == null || options.isReadOnly()) {
            throw new ErrnoException(Errno.EROFS, "change");
        }
        return work;
    }

    /**
     * Whether a directory that is made where other layers could have one is marked opaque. The kernel does so as soon as an option is on
     * that forbids changing layers offline, and we leave the same disk behind.
     */
    boolean marksNewDirectoriesOpaque() {
        return options.redirect() == RedirectPolicy.ON
                || options.has(OverlayOptions.Feature.INDEX)
                || options.has(OverlayOptions.Feature.METACOPY)
                || options.has(OverlayOptions.Feature.XINO);
    }

    /**
     * Whether copies with an origin may be in a directory of the upper layer.
     *
     * @param upper its directory there
     */
    boolean isImpure(Node directory, Fd upper) throws ErrnoException {
        Node.Purity purity = directory.purity();
        if (purity == Node.Purity.UNKNOWN) {
            purity = Xattrs.get(upper, xattrs.impure()) == null ? Node.Purity.PURE : Node.Purity.IMPURE;
            directory.setPurity(purity);
        }
        return purity == Node.Purity.IMPURE;
    }

    /** Says on a directory of the upper layer that a copy with an origin is about to be in it. */
    void makeImpure(Node directory, Fd upper) throws ErrnoException {
        if (!isImpure(directory, upper)) {
            Xattrs.set(upper, xattrs.impure(), new byte[] {'y'}, 0);
            directory.setPurity(Node.Purity.IMPURE);
        }
    }

    /** Whether a file can have the overlay's own attributes: those of the class {@code user} only regular files and directories have. */
    boolean takesMarks(Stat stat) {
        return stat.isRegular() || stat.isDirectory() || !options.has(OverlayOptions.Feature.USERXATTR);
    }

    boolean isDurable() {
        return durability != Durability.VOLATILE;
    }

    /**
     * Where the node's file is: in the upper layer if it is there, else in the topmost lower that has it. The caller holds RENAME and, for
     * what isn't a directory, the node's lock; it closes the location.
     */
    Location locate(Node node) throws ErrnoException {
        Fd orphan = node.orphan();
        if (orphan != null) {
            return Location.of(orphan, node.hasUpper());
        }
        if (node.isDirectory()) {
            return Location.itself(directories.top(node), node.hasUpper());
        }
        if (!node.hasUpper()) {
            return locateLower(node, 0);
        }
        HardlinkIndex.Entry indexed = node.indexed();
        return index != null && indexed != null ? index.locate(indexed.name()) : locateUpper(node);
    }

    /** What a node's file says of itself, where {@link #locate} found it. */
    Stat stat(Node node, Location at) throws ErrnoException {
        return (at.isUpper() ? layer(Layer.UPPER) : layer(node.lowers().layer(0))).seen(at);
    }

    private Location locateUpper(Node node) throws ErrnoException {
        Node.Position at = positionOf(node);
        return Location.named(directories.upper(at.parent()), at.name(), true);
    }

    /**
     * Where a file's data is, which may be below its attributes. Otherwise as {@link #locate}.
     *
     * @throws ErrnoException EIO where the data is not what {@link Verity} takes it to be
     */
    Location locateData(Node node) throws ErrnoException {
        if (!hasDataApart(node)) {
            return locate(node);
        }
        Location data = locateLower(node, node.lowers().count() - 1);
        if (!options.has(OverlayOptions.Feature.VERITY)) {
            return data;
        }
        try (Location copy = locate(node)) {
            return Verity.checked(this, copy, data);
        }
    }

    /** Whether another file holds a node's data than holds its attributes. The caller holds the node's lock. */
    boolean hasDataApart(Node node) {
        return node.hasUpper()
                ? node.hasDataBelow()
                : node.isRegular() && node.lowers().count() > 1;
    }

    /** Of the file that holds a node's data, where another one holds its attributes; else null. */
    @Nullable
    Stat statOfDataBelow(Node node) throws ErrnoException {
        Lowers lowers = node.lowers();
        RelativePath place = node.isRegular() && !lowers.isEmpty() ? lowers.place(lowers.count() - 1) : null;
        return place == null || node.hasUpperData()
                ? null
                : layer(lowers.layer(lowers.count() - 1)).statOrNull(place);
    }

    private Location locateLower(Node node, int depth) throws ErrnoException {
        Lowers lowers = node.lowers();
        int layer = lowers.layer(depth);
        RelativePath place = lowers.place(depth);
        if (place != null) {
            return Location.beneath(layer(layer), place);
        }
        Node.Position at = positionOf(node);
        FileName name = at.name();
        return Location.named(
                directories.lower(at.parent(), at.parent().lowers().depthOf(layer)), name, false);
    }

    private static Node.Position positionOf(Node node) throws ErrnoException {
        Node.Position at = node.position();
        if (at == null) {
            throw new ErrnoException(Errno.ENOENT, node.toString());
        }
        return at;
    }
}
