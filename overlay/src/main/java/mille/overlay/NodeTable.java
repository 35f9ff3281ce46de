package mille.overlay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import mille.linux.FileName;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that somebody knows: by id, by parent and name, and, for files with several names, by what these have in common.
 *
 * <p>No id is ever given to two files: {@link NodeIds} chooses them. A node stays for as long as its users count lookups on it, or one of its children stays.
 */
final class NodeTable {
    static final long ROOT_ID = 1;

    private final NodeIds ids;

    // All guarded by this.
    private @Nullable Node[] byName = new @Nullable Node[1024];
    private int named;
    private final Map<Node.Position, Node> byAlias = new HashMap<>();
    private final Map<Node.LinkKey, Node> byLinkKey = new HashMap<>();
    private @Nullable ExportedNames exported; // null until somebody asks for a file by an id that isn't known
    private @Nullable List<Node> moved; // null unless the tree is being walked

    NodeTable(NodeIds ids) {
        this.ids = ids;
    }

    /** How many nodes there are. */
    synchronized int size() {
        return ids.size();
    }

    /** The node, or null where nobody knows that id any more. */
    @Nullable
    Node get(long id) {
        return ids.get(id);
    }

    /** The node, with one more lookup counted on it; null where nobody knows that id, or no name leads there any more. */
    synchronized @Nullable Node findAndRetain(long id) {
        Node found = get(id);
        if (found == null || found.isDetached()) {
            return null;
        }
        found.lookups++;
        return found;
    }

    /** What a name in a directory leads to, with one more lookup counted on it; null where the table doesn't know. */
    synchronized @Nullable Node findAndRetain(Node parent, FileName name) {
        Node found = find(parent, name);
        if (found != null) {
            found.lookups++;
        }
        return found;
    }

    /** What a name in a directory leads to, as far as the table knows. */
    synchronized @Nullable Node find(Node parent, FileName name) {
        for (Node node = byName[bucket(parent, name, byName.length)]; node != null; node = node.nextOfName) {
            Node.Position at = node.position();
            if (at != null && at.parent() == parent && at.name().equals(name)) {
                return node;
            }
        }
        return byAlias.isEmpty() ? null : byAlias.get(new Node.Position(parent, name));
    }

    /** Makes the root; it is never forgotten. */
    synchronized Node makeRoot(NodeFacts facts) {
        return add(new Node(ROOT_ID, facts, null));
    }

    /**
     * Makes a node with one lookup counted, unless the name leads to one already, or another name of the same file does: then that one,
     * with one lookup more.
     */
    synchronized Node make(Node parent, FileName name, NodeFacts facts) {
        NodeFacts.Links links = facts.links();
        Node known = find(parent, name);
        if (known == null && links != null) {
            known = byLinkKey.get(links.key());
            if (known != null) {
                addName(known, parent, name);
            }
        }
        if (known != null) {
            known.lookups++;
            return known;
        }
        Node node = add(new Node(ids.choose(facts.lastingId()), facts, new Node.Position(parent, name)));
        index(node);
        learnName(node, parent, name);
        if (links != null) {
            rememberLinkKey(links.key(), node);
        }
        return node;
    }

    /** Makes a node that no name leads to, with one lookup counted. */
    synchronized Node makeNameless(NodeFacts facts) {
        return add(new Node(ids.choose(facts.lastingId()), facts, null));
    }

    private Node add(Node node) {
        node.lookups = 1;
        ids.put(node);
        return node;
    }

    /** One more name leads to a node. The caller holds the node's lock, or the node is new. */
    synchronized void addName(Node node, Node parent, FileName name) {
        Node.Position position = new Node.Position(parent, name);
        if (node.position() == null) {
            node.setPosition(position);
            index(node);
        } else if (!position.equals(node.position()) && byAlias.putIfAbsent(position, node) == null) {
            node.addAlias(position);
            parent.children++;
        }
        learnName(node, parent, name);
    }

    /** From now on its other names lead to this node too. */
    synchronized void rememberLinkKey(Node.LinkKey key, Node node) {
        if (node.linkKey == null && byLinkKey.putIfAbsent(key, node) == null) {
            node.linkKey = key;
        }
    }

    /**
     * A name leads to the node no more. The caller holds the node's lock.
     *
     * @return whether another name that the table knows still leads to it
     */
    synchronized boolean removeName(Node node, Node parent, FileName name) {
        if (exported != null) {
            exported.remove(node.id(), parent.id(), name);
        }
        Node.Position gone = new Node.Position(parent, name);
        if (gone.equals(node.position())) {
            unindex(node);
            node.setPosition(null);
            if (!node.aliases().isEmpty()) {
                Node.Position next = node.aliases().getFirst();
                dropAlias(node, next);
                node.setPosition(next);
                index(node);
            }
        } else if (node.aliases().contains(gone)) {
            dropAlias(node, gone);
        }
        return node.position() != null;
    }

    /** No name leads to the node any more, nor does what they had in common. The caller holds RENAME exclusively. */
    synchronized void removeNames(Node node) {
        for (Node.Position at = node.position(); at != null; at = node.position()) {
            removeName(node, at.parent(), at.name());
        }
        if (node.linkKey != null) {
            byLinkKey.remove(node.linkKey, node);
            node.linkKey = null;
        }
    }

    /** The node stands elsewhere now. The caller holds RENAME exclusively. */
    synchronized void move(Node node, Node fromParent, FileName from, Node toParent, FileName to) {
        removeName(node, fromParent, from);
        addName(node, toParent, to);
        hasMoved(node);
    }

    /** Two nodes change places. The caller holds RENAME exclusively. */
    synchronized void swap(Node one, Node parent, FileName name, Node other, Node otherParent, FileName otherName) {
        removeName(one, parent, name);
        removeName(other, otherParent, otherName);
        addName(one, otherParent, otherName);
        addName(other, parent, name);
        hasMoved(one);
        hasMoved(other);
    }

    private void hasMoved(Node node) {
        if (moved != null && node.isDirectory()) {
            node.lookups++;
            moved.add(node);
        }
    }

    /**
     * From now on names are remembered by the ids of what they lead to, beyond the life of nodes.
     *
     * @return the root, with one lookup counted: where to look for names that are there already
     */
    synchronized Node beginExport() {
        if (exported == null) {
            exported = new ExportedNames();
        }
        moved = new ArrayList<>();
        Node root = Objects.requireNonNull(get(ROOT_ID));
        root.lookups++;
        return root;
    }

    /** The directories that moved since {@link #beginExport} or the last call, with one lookup counted on each. None ends the keeping of them. */
    synchronized List<Node> takeMoved() {
        List<Node> taken = moved == null ? List.of() : moved;
        moved = taken.isEmpty() ? null : new ArrayList<>();
        return taken;
    }

    /** Remembers where a node is, if that is remembered. */
    synchronized void learnName(Node node, Node parent, FileName name) {
        if (exported != null) {
            exported.put(node.id(), parent.id(), name);
        }
    }

    /** Where the file of an id is, as far as that is remembered. */
    synchronized List<ExportedNames.Place> exportedPlaces(long id) {
        return exported == null ? List.of() : exported.of(id);
    }

    /** One more lookup: a node was handed out again. */
    synchronized void retain(Node node) {
        node.lookups++;
    }

    /** What is left of a node that nobody knows any more. */
    @FunctionalInterface
    interface Forgotten {
        void accept(Node node);
    }

    /**
     * Takes lookups back.
     *
     * @param forgotten called, without the table's lock, for each node that goes: this one, and then parents that only it had kept
     */
    void release(Node node, long count, Forgotten forgotten) {
        Node at = node;
        long taken = count;
        while (at != null) {
            Node parent;
            synchronized (this) {
                at.lookups -= Math.min(taken, at.lookups);
                if (at.lookups > 0 || at.children > 0 || at.isRoot() || get(at.id()) != at) {
                    return;
                }
                parent = remove(at);
            }
            forgotten.accept(at);
            at = parent;
            taken = 0;
        }
    }

    /** @return the parent, if this was the last thing that kept it */
    private @Nullable Node remove(Node node) {
        for (Node.Position alias : node.aliases()) {
            dropAlias(node, alias);
        }
        Node.Position position = node.position();
        if (position != null) {
            unindex(node);
        }
        if (node.linkKey != null) {
            byLinkKey.remove(node.linkKey, node);
        }
        ids.remove(node);
        return position == null || position.parent().children > 0 ? null : position.parent();
    }

    private void index(Node node) {
        if (named * 4 > byName.length * 3) {
            growNames();
        }
        Node.Position at = Objects.requireNonNull(node.position());
        int bucket = bucket(at.parent(), at.name(), byName.length);
        node.nextOfName = byName[bucket];
        byName[bucket] = node;
        named++;
        at.parent().children++;
    }

    private void unindex(Node node) {
        Node.Position at = Objects.requireNonNull(node.position());
        int bucket = bucket(at.parent(), at.name(), byName.length);
        Node previous = null;
        for (Node other = byName[bucket]; other != null; other = other.nextOfName) {
            if (other == node) {
                if (previous == null) {
                    byName[bucket] = node.nextOfName;
                } else {
                    previous.nextOfName = node.nextOfName;
                }
                node.nextOfName = null;
                named--;
                at.parent().children--;
                return;
            }
            previous = other;
        }
    }

    private void dropAlias(Node node, Node.Position alias) {
        byAlias.remove(alias);
        node.removeAlias(alias);
        alias.parent().children--;
    }

    private void growNames() {
        @Nullable Node[] old = byName;
        @Nullable Node[] larger = new @Nullable Node[old.length * 2];
        for (Node first : old) {
            Node node = first;
            while (node != null) {
                Node next = node.nextOfName;
                Node.Position at = Objects.requireNonNull(node.position());
                int bucket = bucket(at.parent(), at.name(), larger.length);
                node.nextOfName = larger[bucket];
                larger[bucket] = node;
                node = next;
            }
        }
        byName = larger;
    }

    private static int bucket(Node parent, FileName name, int length) {
        int hash = Long.hashCode(parent.id() * 0x9E3779B97F4A7C15L) * 31 + name.hashCode();
        return (hash ^ hash >>> 16) & (length - 1);
    }
}
