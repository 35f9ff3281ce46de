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

    Lookup(Union union) {
        this.union = union;
        this.lowers = new LowerSearch(union);
    }

    /** What the layers say of a name. */
    sealed interface Sighting {
        /**
         * It is there.
         *
         * @param stat of the topmost file, as its layer has it
         * @param inode the number that users see
         * @param hasOrigin whether it is a copy that remembers what it was made of
         * @param links what a file with several names has in common with the others; null otherwise
         */
        record Present(
                boolean inUpper,
                Lowers lowers,
                Stat stat,
                long inode,
                boolean hasOrigin,
                @Nullable Links links) implements Sighting {}

        /** It isn't, and a whiteout in the upper layer says so. */
        record Hidden() implements Sighting {}

        /** It isn't; the upper layer holds nothing under the name. */
        record Absent() implements Sighting {}
    }

    /**
     * One of several names of a file.
     *
     * @param indexed what the index knows the file by; null for a file that was made in the upper layer
     * @param count how many names users see of an indexed file
     */
    record Links(Node.LinkKey key, HardlinkIndex.@Nullable Entry indexed, int count) {}

    private static final Sighting HIDDEN = new Sighting.Hidden();
    private static final Sighting ABSENT = new Sighting.Absent();

    /**
     * Asks the layers; the node table isn't looked at. The caller holds RENAME and the parent's DIRECTORY lock.
     *
     * @throws ErrnoException ENAMETOOLONG, and whatever a layer's file system says
     */
    Sighting resolve(Node parent, FileName name) throws ErrnoException {
        if (parent.isDetached()) {
            return ABSENT; // a removed directory holds nothing
        }
        if (!parent.hasUpper()) {
            LowerSearch.Found below = lowers.search(parent, name, null, false);
            return below == null ? ABSENT : lowerAlone(below);
        }
        try (SharedFd directory = union.directories().upper(parent)) {
            Stat upper = Stat.atOrNull(directory.fd(), name);
            if (upper == null) {
                LowerSearch.Found below = lowers.search(parent, name, null, false);
                return below == null ? ABSENT : lowerAlone(below);
            }
            Layer layer = union.layer(Layer.UPPER);
            if (Whiteout.is(union.xattrs(), layer, directory.fd(), name, upper)) {
                return HIDDEN;
            }
            if (!upper.isDirectory()) {
                return upperFile(parent, directory.fd(), name, upper);
            }
            return upperDirectory(parent, directory.fd(), name, upper);
        }
    }

    private Sighting upperDirectory(Node parent, Fd directory, FileName name, Stat upper) throws ErrnoException {
        // Only a directory that was moved has a redirect, and where it moved to became impure by it.
        boolean moved = union.isImpure(parent, directory);
        if (parent.lowers().isEmpty() && !moved) {
            return inUpperAlone(upper);
        }
        Layer layer = union.layer(Layer.UPPER);
        if (lowers.hidesBelow(layer, directory, name)) {
            return inUpperAlone(upper);
        }
        Redirect redirect = Redirect.of(union, directory, name);
        LowerSearch.Found below = lowers.search(parent, name, redirect, true);
        return below == null ? inUpperAlone(upper) : mergedDirectory(upper, below);
    }

    private Sighting inUpperAlone(Stat upper) {
        long inode = union.inodes().shown(Layer.UPPER, upper.inode());
        return new Sighting.Present(true, Lowers.NONE, upper, inode, false, linksOfUpper(upper));
    }

    private static @Nullable Links linksOfUpper(Stat upper) {
        return upper.isDirectory() || upper.linkCount() == 1
                ? null
                : new Links(new Node.LinkKey(Node.LinkKey.UPPER, upper.inode()), null, 0);
    }

    private Sighting mergedDirectory(Stat upper, LowerSearch.Found below) {
        long inode = union.inodes().shown(below.lowers().layer(0), below.top().inode());
        return new Sighting.Present(true, below.lowers(), upper, inode, true, null);
    }

    private Sighting upperFile(Node parent, Fd directory, Name name, Stat upper) throws ErrnoException {
        byte[] value = union.isImpure(parent, directory)
                ? Xattrs.get(directory, name, union.xattrs().origin())
                : null;
        if (value == null) {
            return inUpperAlone(upper);
        }
        Stat origin = union.origins().find(value);
        if (origin == null || origin.type() != upper.type()) {
            long inode = union.inodes().shown(Layer.UPPER, upper.inode());
            return new Sighting.Present(true, Lowers.NONE, upper, inode, true, linksOfUpper(upper));
        }
        Links links = linksOfIndexed(value, origin);
        return new Sighting.Present(
                true,
                Lowers.NONE,
                upper,
                union.inodes().shown(origin),
                true,
                links == null ? linksOfUpper(upper) : links);
    }

    /** Of a lower file that has several names, or of its copy; null where that is not the index's business. */
    private @Nullable Links linksOfIndexed(byte[] originValue, Stat origin) throws ErrnoException {
        HardlinkIndex index = union.index();
        if (index == null || origin.linkCount() == 1 || origin.isDirectory() || originValue.length == 0) {
            return null;
        }
        HardlinkIndex.Entry entry = new HardlinkIndex.Entry(Origin.indexName(originValue), origin.linkCount());
        Stat copy = index.find(entry.name());
        int count = copy == null ? origin.linkCount() : index.links(entry, copy);
        return new Links(union.inodes().key(origin), entry, count);
    }

    private Sighting lowerAlone(LowerSearch.Found below) throws ErrnoException {
        Stat top = below.top();
        long inode = union.inodes().shown(below.lowers().layer(0), top.inode());
        HardlinkIndex index = union.index();
        if (index == null || top.isDirectory() || top.linkCount() == 1) {
            return new Sighting.Present(false, below.lowers(), top, inode, false, null);
        }
        Links links = linksOfIndexed(union.origins().valueFor(below.handle(), top), top);
        Stat copy = links == null || links.indexed() == null
                ? null
                : index.find(links.indexed().name());
        return new Sighting.Present(
                copy != null, below.lowers(), copy == null ? top : copy, inode, copy != null, links);
    }

    /** A node and what its file says of itself. */
    record Found(Node node, Stat stat) {}

    /**
     * The node that a name leads to, with one lookup counted on it; null where there is none. The caller holds RENAME, and the parent's
     * DIRECTORY lock unless it is content with what is true at some moment of the call.
     */
    @Nullable
    Found find(Node parent, FileName name) throws ErrnoException {
        Node known = union.nodes().findAndRetain(parent, name);
        if (known != null) {
            return new Found(known, statRetained(known));
        }
        while (true) {
            int copyUps = parent.childCopyUps();
            if (!(resolve(parent, name) instanceof Sighting.Present present)) {
                return null;
            }
            if (copyUps == parent.childCopyUps()) {
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
        Links links = seen.links();
        Node node = union.nodes()
                .make(
                        parent,
                        name,
                        seen.stat().type(),
                        seen.inode(),
                        seen.inUpper(),
                        seen.lowers(),
                        links == null ? null : links.key());
        if (links != null && links.indexed() != null && node.indexed() == null) {
            node.index(links.indexed(), links.count());
        }
        if (seen.hasOrigin()) {
            node.rememberOrigin();
        }
        return node;
    }

    private Stat statRetained(Node node) throws ErrnoException {
        try (var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            return at.stat();
        } catch (ErrnoException e) {
            forget(node, 1);
            // Somebody changed a layer beneath us: what is gone is gone.
            throw e.errno() == Errno.ENOTDIR ? new ErrnoException(Errno.ENOENT, "lookup") : e;
        }
    }

    /** Takes lookups back; what nobody knows any more lets its descriptors go. */
    void forget(Node node, long count) {
        union.nodes().release(node, count, gone -> {
            union.directories().forget(gone);
            Fd orphan = gone.orphan();
            if (orphan != null) {
                orphan.close();
            }
        });
    }
}
