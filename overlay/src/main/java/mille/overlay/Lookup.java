package mille.overlay;

import java.util.Arrays;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a name stands for in the layers: the upper first, then the lowers from the top. A file or a whiteout ends the search, a
 * directory goes on collecting the directories below it until an opaque one ends it (kernel document, section "Upper and Lower").
 */
final class Lookup {
    private final Union union;
    private final Lowers[] singles;

    Lookup(Union union) {
        this.union = union;
        this.singles = new Lowers[union.layers().size()];
        for (int layer = 0; layer < singles.length; layer++) {
            singles[layer] = Lowers.of(new int[] {layer});
        }
    }

    /** What the layers say of a name. */
    sealed interface Sighting {
        /**
         * It is there.
         *
         * @param stat of the topmost file, as its layer has it
         * @param inode the number that users see
         */
        record Present(boolean inUpper, Lowers lowers, Stat stat, long inode) implements Sighting {}

        /** It isn't, and a whiteout in the upper layer says so. */
        record Hidden() implements Sighting {}

        /** It isn't; the upper layer holds nothing under the name. */
        record Absent() implements Sighting {}
    }

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
        Stat upper = null;
        if (parent.hasUpper()) {
            try (SharedFd directory = union.directories().upper(parent)) {
                upper = Stat.atOrNull(directory.fd(), name);
                if (upper != null) {
                    Layer layer = union.layer(Layer.UPPER);
                    if (Whiteout.is(union.xattrs(), layer, directory.fd(), name, upper)) {
                        return HIDDEN;
                    }
                    if (!upper.isDirectory() || parent.lowers().isEmpty() || hidesBelow(layer, directory.fd(), name)) {
                        return inUpperAlone(upper);
                    }
                }
            }
        }
        return resolveLowers(parent, name, upper);
    }

    private Sighting inUpperAlone(Stat upper) {
        return new Sighting.Present(true, Lowers.NONE, upper, union.inodes().shown(Layer.UPPER, upper.inode()));
    }

    /** @param upper of the directory that the upper layer holds under this name, null if it holds nothing */
    private Sighting resolveLowers(Node parent, FileName name, @Nullable Stat upper) throws ErrnoException {
        Lowers candidates = parent.lowers();
        int[] found = new int[candidates.count()];
        int count = 0;
        Stat top = null;
        for (int depth = 0; depth < candidates.count(); depth++) {
            Layer layer = union.layer(candidates.layer(depth));
            try (SharedFd directory = union.directories().lower(parent, depth)) {
                Stat stat = Stat.atOrNull(directory.fd(), name);
                if (stat == null) {
                    continue;
                }
                if (Whiteout.is(union.xattrs(), layer, directory.fd(), name, stat)) {
                    break;
                }
                boolean first = upper == null && top == null;
                if (!first && !stat.isDirectory()) {
                    break; // a directory above hides a file below
                }
                found[count++] = layer.index();
                top = top == null ? stat : top;
                boolean last = depth + 1 == candidates.count();
                if (!stat.isDirectory() || (!last && hidesBelow(layer, directory.fd(), name))) {
                    break;
                }
            }
        }
        if (top == null) {
            return upper == null ? ABSENT : inUpperAlone(upper);
        }
        Lowers lowers = share(candidates, Arrays.copyOf(found, count));
        long inode = union.inodes().shown(lowers.layer(0), top.inode());
        return new Sighting.Present(upper != null, lowers, upper == null ? top : upper, inode);
    }

    private boolean hidesBelow(Layer layer, Fd directory, FileName name) throws ErrnoException {
        return switch (Opaque.of(union.xattrs(), directory, name)) {
            case YES -> true;
            case NO -> false;
            case XATTR_WHITEOUTS -> {
                layer.foundXattrWhiteouts();
                yield false;
            }
        };
    }

    private Lowers share(Lowers parents, int[] layers) {
        if (layers.length == 1) {
            return singles[layers[0]];
        }
        Lowers own = Lowers.of(layers);
        return own.isSameAs(parents) ? parents : own;
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
        Stat stat = seen.stat();
        boolean linked = seen.inUpper() && !stat.isDirectory() && stat.linkCount() > 1;
        return union.nodes()
                .make(
                        parent,
                        name,
                        stat.type(),
                        seen.inode(),
                        seen.inUpper(),
                        seen.lowers(),
                        linked ? stat.inode() : 0);
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
