package mille.overlay;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.LateLogger;
import org.jspecify.annotations.Nullable;

/**
 * Finds files by their {@linkplain LastingIds lasting ids} alone, as somebody asks who has a file handle.
 *
 * <p>The first id that no known node has makes the whole merged tree be walked once, which fills the node table's {@link ExportedNames}. From
 * then on the table keeps them right, whatever changes, so that what isn't among them isn't there.
 */
final class ExportedFiles {
    private static final System.Logger LOG = LateLogger.of("mille.overlay");

    private final Union union;
    private final Lookup lookup;
    private final MergedDirectory merged;

    private boolean isComplete; // guarded by this

    ExportedFiles(Union union, Lookup lookup, MergedDirectory merged) {
        this.union = union;
        this.lookup = lookup;
        this.merged = merged;
    }

    /**
     * The file of an id, with one lookup counted.
     *
     * @throws ErrnoException ESTALE where no name leads to it any more
     */
    Lookup.Found find(long id) throws ErrnoException {
        try (var _ = union.locks().rename().shared()) {
            Node node = reach(id, new HashSet<>());
            if (node != null) {
                return lookup.withStat(node);
            }
        }
        requireNames();
        try (var _ = union.locks().rename().shared()) {
            return lookup.withStat(require(id));
        }
    }

    /**
     * The directory that a directory is in, with one lookup counted.
     *
     * @throws ErrnoException ESTALE as {@link #find}
     */
    Lookup.Found findParent(long id) throws ErrnoException {
        Node node = find(id).node();
        try (var _ = union.locks().rename().shared()) {
            Node.Position at = node.position();
            if (at == null && !node.isRoot()) {
                throw stale(id);
            }
            Node parent = at == null ? node : at.parent();
            union.nodes().retain(parent);
            return lookup.withStat(parent);
        } finally {
            lookup.forget(node, 1);
        }
    }

    private Node require(long id) throws ErrnoException {
        Node node = reach(id, new HashSet<>());
        if (node == null) {
            throw stale(id);
        }
        return node;
    }

    private static ErrnoException stale(long id) {
        return new ErrnoException(Errno.ESTALE, "node " + Long.toHexString(id));
    }

    /**
     * The node of an id, by way of its ancestors where it isn't known, with one lookup counted; null where there is none, as far as names are
     * known. The caller holds RENAME.
     *
     * @param tried ids that were asked for on the way here: layers that lie within each other could lead in circles
     */
    private @Nullable Node reach(long id, Set<Long> tried) throws ErrnoException {
        Node known = union.nodes().findAndRetain(id);
        if (known != null || !tried.add(id)) {
            return known;
        }
        for (ExportedNames.Place place : union.nodes().exportedPlaces(id)) {
            Node parent = reach(place.parentId(), tried);
            if (parent != null) {
                Node found = child(parent, place, id);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private @Nullable Node child(Node parent, ExportedNames.Place place, long id) throws ErrnoException {
        try (var _ = union.locks().directory(parent).shared()) {
            Lookup.Found found = lookup.find(parent, place.name());
            if (found == null || found.node().id() == id) {
                return found == null ? null : found.node();
            }
            lookup.forget(found.node(), 1);
            return null;
        } finally {
            lookup.forget(parent, 1); // its child keeps it
        }
    }

    /** Whoever comes while the tree is walked waits: nobody else can tell that an id isn't there. */
    private synchronized void requireNames() {
        if (!isComplete) {
            walk();
            isComplete = true;
        }
    }

    /**
     * Has the table learn all names, directory by directory, with no lock held but while one is listed or one name looked up. What comes, goes or
     * moves meanwhile the table sees; but a directory could move from where the walk hasn't been yet to where it was: so it is told of all that
     * move, and walks those that it doesn't know.
     */
    private void walk() {
        long begun = System.nanoTime();
        Walk walk = new Walk();
        walk.add(union.nodes().beginExport());
        try {
            for (Node next = walk.next(); next != null; next = walk.next()) {
                try {
                    walk(next, walk);
                } finally {
                    lookup.forget(next, 1);
                }
            }
        } finally {
            walk.giveUp();
        }
        LOG.log(Level.DEBUG, "walked the tree for a file handle in {0} ms", (System.nanoTime() - begun) / 1_000_000);
    }

    /** The directories that are left, each with a lookup counted; none comes twice. */
    private final class Walk {
        private final Deque<Node> left = new ArrayDeque<>();
        private final Set<Long> seen = new HashSet<>();

        void add(Node directory) {
            if (seen.add(directory.id())) {
                left.push(directory);
            } else {
                lookup.forget(directory, 1);
            }
        }

        @Nullable
        Node next() {
            while (left.isEmpty()) {
                List<Node> moved = union.nodes().takeMoved();
                if (moved.isEmpty()) {
                    return null;
                }
                moved.forEach(this::add);
            }
            return left.pop();
        }

        /** Nothing, unless something went wrong. */
        void giveUp() {
            for (Node next = next(); next != null; next = next()) {
                lookup.forget(next, 1);
            }
        }
    }

    /** One that can't be read doesn't keep handles of others from being found. */
    private void walk(Node directory, Walk walk) {
        try {
            Listing listing;
            try (var _ = union.locks().rename().shared();
                    var _ = union.locks().directory(directory).shared()) {
                listing = merged.list(directory);
            }
            for (int at = 0; at < listing.count(); at++) {
                learn(directory, listing.item(at), listing.changes(), walk);
            }
        } catch (ErrnoException failed) {
            LOG.log(Level.WARNING, "file handles below a directory can''t be found: {0}", failed.getMessage());
        }
    }

    private void learn(Node directory, Listing.Item item, int changes, Walk walk) {
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().directory(directory).shared()) {
            Lookup.Found found = lookup.find(directory, item.name(), item, changes);
            if (found == null) {
                return;
            }
            Node node = found.node();
            union.nodes().learnName(node, directory, item.name());
            if (node.isDirectory()) {
                walk.add(node);
            } else {
                lookup.forget(node, 1);
            }
        } catch (ErrnoException failed) {
            LOG.log(Level.DEBUG, "a file handle can''t be found: {0}", failed.getMessage());
        }
    }
}
