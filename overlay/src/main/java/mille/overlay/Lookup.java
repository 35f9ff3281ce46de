package mille.overlay;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Name;
import mille.linux.Stat;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a name stands for in the layers: the upper first, then the lowers from the top. A file or a whiteout ends the search, a
 * directory goes on collecting the directories below it until an opaque one ends it (kernel document, section "Upper and Lower").
 */
final class Lookup {
    private final Union union;
    private final LowerSearch lowers;
    private final NodeTable.Forgotten letGo = this::letGo;

    Lookup(Union union) {
        this.union = union;
        this.lowers = new LowerSearch(union);
    }

    /**
     * Asks the layers; the node table isn't looked at. The caller holds RENAME and the parent's DIRECTORY lock.
     *
     * @throws ErrnoException ENAMETOOLONG, and whatever a layer's file system says
     */
    Sighting resolve(Node parent, FileName name) throws ErrnoException {
        return resolve(parent, name, null, false);
    }

    /**
     * As {@link #resolve(Node, FileName)}.
     *
     * @param seen where a listing saw the name; null where none did
     * @param upperUnchanged whether what it saw of the upper layer still holds
     */
    private Sighting resolve(Node parent, FileName name, Listing.@Nullable Item seen, boolean upperUnchanged)
            throws ErrnoException {
        if (parent.isDetached()) {
            return Sighting.ABSENT; // a removed directory holds nothing
        }
        if (!parent.hasUpper() || (seen != null && upperUnchanged && !seen.isInUpper())) {
            return resolveBelow(parent, name, seen);
        }
        try (SharedFd directory = union.directories().upper(parent)) {
            Stat upper = Stat.atOrNull(directory.fd(), name);
            if (upper == null) {
                return resolveBelow(parent, name, seen);
            }
            Layer layer = union.layer(Layer.UPPER);
            if (Whiteout.is(union.xattrs(), layer, directory.fd(), name, upper)) {
                return Sighting.HIDDEN;
            }
            Stat shown = layer.seen(upper, directory.fd(), name);
            return shown.isDirectory()
                    ? upperDirectory(parent, directory.fd(), name, shown, seen)
                    : upperFile(parent, directory.fd(), name, shown);
        }
    }

    private Sighting resolveBelow(Node parent, FileName name, Listing.@Nullable Item seen) throws ErrnoException {
        LowerSearch.Found below = lowers.search(parent, name, null, LowerSearch.Wanted.ANYTHING, seen);
        return below == null ? Sighting.ABSENT : lowerAlone(parent, name, below);
    }

    private Sighting upperDirectory(Node parent, Fd directory, FileName name, Stat upper, Listing.@Nullable Item seen)
            throws ErrnoException {
        // Only a directory that was moved has a redirect, and where it moved to became impure by it.
        boolean moved = union.isImpure(parent, directory);
        if (parent.lowers().isEmpty() && !moved) {
            return inUpperAlone(directory, name, upper);
        }
        Layer layer = union.layer(Layer.UPPER);
        if (lowers.hidesBelow(layer, directory, name)) {
            return inUpperAlone(directory, name, upper);
        }
        Redirect redirect = Redirect.of(union, directory, name);
        LowerSearch.Found below = lowers.search(parent, name, redirect, LowerSearch.Wanted.DIRECTORIES, seen);
        return below == null ? inUpperAlone(directory, name, upper) : mergedDirectory(upper, below);
    }

    private Sighting inUpperAlone(Fd directory, FileName name, Stat upper) throws ErrnoException {
        long inode = union.inodes().shown(Layer.UPPER, upper.inode());
        long lastingId = union.lastingIds().ofUpper(directory, name);
        return new Sighting.Present(NodeFacts.inUpperAlone(upper.type(), inode, lastingId, linksOfUpper(upper)), upper);
    }

    /** Where its id lasts, a file has to be one node also when all its names but one have gone while somebody had it open. */
    private NodeFacts.@Nullable Links linksOfUpper(Stat upper) {
        boolean isAlone = upper.linkCount() == 1 && !union.lastingIds().areGiven();
        return upper.isDirectory() || isAlone
                ? null
                : new NodeFacts.Links(new Node.LinkKey(Node.LinkKey.UPPER, upper.inode()), null, 0);
    }

    private Sighting mergedDirectory(Stat upper, LowerSearch.Found below) {
        long inode = union.inodes().shown(below.lowers().layer(0), below.top().inode());
        long lastingId = union.lastingIds().ofLower(below.handle(), below.top());
        return new Sighting.Present(
                new NodeFacts(upper.type(), inode, lastingId, true, below.lowers(), true, false, null), upper);
    }

    private Sighting upperFile(Node parent, Fd directory, FileName name, Stat upper) throws ErrnoException {
        // That mark stands without an origin too: a name of several has an origin only where there is an index.
        Lowers data = dataBelow(parent, name, directory, name, upper);
        byte[] value = union.isImpure(parent, directory)
                ? Xattrs.get(directory, name, union.xattrs().origin())
                : null;
        if (value == null && data.isEmpty()) {
            return inUpperAlone(directory, name, upper);
        }
        Stat origin = value == null ? null : union.origins().find(value);
        long inode;
        long lastingId;
        NodeFacts.Links links = null;
        if (value != null && origin != null && origin.type() == upper.type()) {
            inode = union.inodes().shown(origin);
            lastingId = union.lastingIds().ofOrigin(value);
            links = linksOfIndexed(value, origin, upper);
        } else {
            inode = union.inodes().shown(Layer.UPPER, upper.inode());
            lastingId = union.lastingIds().ofUpper(directory, name);
        }
        return new Sighting.Present(
                new NodeFacts(
                        upper.type(),
                        inode,
                        lastingId,
                        true,
                        data,
                        true,
                        !data.isEmpty(),
                        links == null ? linksOfUpper(upper) : links),
                upper);
    }

    /**
     * Where the data of a copy of metadata alone is; none where the copy has its own.
     *
     * @param directory where the copy is, under {@code copy}; that is the index for a name that only a lower layer has
     */
    private Lowers dataBelow(Node parent, FileName name, Fd directory, Name copy, Stat stat) throws ErrnoException {
        if (!Metacopy.is(union, union.layer(Layer.UPPER), directory, copy, stat)) {
            return Lowers.NONE;
        }
        Redirect redirect = Metacopy.redirect(union, directory, copy);
        LowerSearch.Found below = lowers.search(parent, name, redirect, LowerSearch.Wanted.DATA, null);
        if (below == null) {
            throw new ErrnoException(Errno.EIO, "the data of " + name + " is in no lower layer");
        }
        return below.lowers().placed(parent, name);
    }

    /**
     * Of a lower file that has several names, or of its copy; null where that is not the index's business. The kernel's overlay with
     * {@code nfs_export=on} has copies of files with one name there too.
     *
     * @param upper the copy; null where the upper layer doesn't have the name
     */
    private NodeFacts.@Nullable Links linksOfIndexed(byte[] originValue, Stat origin, @Nullable Stat upper)
            throws ErrnoException {
        HardlinkIndex index = union.index();
        boolean isAlone = origin.linkCount() == 1 && (upper == null || upper.linkCount() == 1);
        if (index == null || isAlone || origin.isDirectory() || originValue.length == 0 || !union.takesMarks(origin)) {
            return null;
        }
        HardlinkIndex.Entry entry = new HardlinkIndex.Entry(Origin.indexName(originValue), origin.linkCount());
        Stat copy = index.find(entry.name());
        if (origin.linkCount() == 1 && (copy == null || upper == null || copy.inode() != upper.inode())) {
            return null;
        }
        int count = copy == null ? origin.linkCount() : index.links(entry, copy);
        return new NodeFacts.Links(union.inodes().key(origin), entry, count);
    }

    private Sighting lowerAlone(Node parent, FileName name, LowerSearch.Found below) throws ErrnoException {
        Stat top = below.top();
        long inode = union.inodes().shown(below.lowers().layer(0), top.inode());
        long lastingId = union.lastingIds().ofLower(below.handle(), top);
        HardlinkIndex index = union.index();
        if (index == null || top.isDirectory() || top.linkCount() == 1) {
            return new Sighting.Present(
                    NodeFacts.inLowers(top.type(), inode, lastingId, below.lowers(), linksOfUnchanging(top)), top);
        }
        NodeFacts.Links links = linksOfIndexed(union.origins().valueFor(below.handle(), top), top, null);
        FileName copyName = links == null || links.indexed() == null
                ? null
                : links.indexed().name();
        Stat copy = copyName == null ? null : index.find(copyName);
        if (copyName == null || copy == null) {
            return new Sighting.Present(NodeFacts.inLowers(top.type(), inode, lastingId, below.lowers(), links), top);
        }
        Lowers data = dataBelow(parent, name, index.fd(), copyName, copy);
        copy = union.layer(Layer.UPPER).seen(copy, index.fd(), copyName);
        return new Sighting.Present(
                new NodeFacts(copy.type(), inode, lastingId, true, data, true, !data.isEmpty(), links), copy);
    }

    /** Names of one lower file are one node where its id lasts, also without an upper layer, and so without an index. */
    private NodeFacts.@Nullable Links linksOfUnchanging(Stat lower) {
        return !union.lastingIds().areGiven() || lower.isDirectory() || lower.linkCount() == 1
                ? null
                : new NodeFacts.Links(union.inodes().key(lower), null, 0);
    }

    /** A node and what its file says of itself. */
    record Found(Node node, Stat stat) {}

    /**
     * The node that a name leads to, with one lookup counted on it; null where there is none. The caller holds RENAME, and the parent's
     * DIRECTORY lock unless it is content with what is true at some moment of the call.
     */
    @Nullable
    Found find(Node parent, FileName name) throws ErrnoException {
        return find(parent, name, null, 0);
    }

    /**
     * As {@link #find(Node, FileName)}.
     *
     * @param seen where a listing saw the name, which saves the search through all other layers
     * @param changes of the parent, when it was listed
     */
    @Nullable
    Found find(Node parent, FileName name, Listing.@Nullable Item seen, int changes) throws ErrnoException {
        Node known = union.nodes().findAndRetain(parent, name);
        union.counters().lookedUp(known != null);
        if (known != null) {
            return withStat(known);
        }
        // Words of that dialect may be in layers where the name wasn't seen.
        Listing.Item hint = union.options().has(OverlayOptions.Feature.WHITEOUT_FILES) ? null : seen;
        while (true) {
            int before = parent.childChanges();
            if (!(resolve(parent, name, hint, before == changes) instanceof Sighting.Present present)) {
                return null;
            }
            if (before == parent.childChanges()) { // else a copy-up came in between
                return new Found(register(parent, name, present), present.stat());
            }
        }
    }

    /**
     * As {@link #find}, for callers that don't need the file's attributes.
     *
     * @throws ErrnoException ENOENT
     */
    Node require(Node parent, FileName name) throws ErrnoException {
        Node known = union.nodes().findAndRetain(parent, name);
        if (known != null) {
            return known;
        }
        Found found = find(parent, name);
        if (found == null) {
            throw new ErrnoException(Errno.ENOENT, name.toString());
        }
        return found.node();
    }

    /** Makes the node of what {@link #resolve} saw, or finds it where somebody was faster; counts one lookup on it. */
    Node register(Node parent, FileName name, Sighting.Present seen) {
        Node node = union.nodes().make(parent, name, seen.facts());
        if (!node.hasUpper() && node.protection() < 0) {
            node.setProtection(FileFlags.ofStat(seen.stat())); // a lower file has no other
        }
        return node;
    }

    /** A node on which a lookup is counted, with what its file says of itself; where that fails, the lookup is taken back. */
    Found withStat(Node node) throws ErrnoException {
        return new Found(node, statRetained(node));
    }

    private Stat statRetained(Node node) throws ErrnoException {
        try (var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            return union.stat(node, at);
        } catch (ErrnoException e) {
            forget(node, 1);
            // Somebody changed a layer beneath us: what is gone is gone.
            throw e.errno() == Errno.ENOTDIR ? new ErrnoException(Errno.ENOENT, "lookup") : e;
        }
    }

    /** Takes lookups back; what nobody knows any more lets its descriptors go. */
    void forget(Node node, long count) {
        union.nodes().release(node, count, letGo);
    }

    private void letGo(Node gone) {
        union.directories().forget(gone);
        Fd orphan = gone.orphan();
        if (orphan != null) {
            orphan.close();
        }
    }
}
