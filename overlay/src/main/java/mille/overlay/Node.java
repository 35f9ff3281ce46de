package mille.overlay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceArray;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import org.jspecify.annotations.Nullable;

/**
 * One object of the overlay: where it stands in the merged tree, and which layers hold it.
 *
 * <p>It holds no descriptor (a directory's are {@link DirectoryCache}'s) and no attributes: both are asked of the layers. The exception is
 * a node without a name, which is kept by a descriptor for as long as somebody knows it.
 */
final class Node {
    /** An updater rather than a VarHandle, which would make classes at each start. */
    private static final AtomicIntegerFieldUpdater<Node> CHILD_CHANGES =
            AtomicIntegerFieldUpdater.newUpdater(Node.class, "childChanges");

    /**
     * What all names of one file have in common.
     *
     * @param fileSystem of a lower file whose names stay one in the index: which of the layers' file systems it is on; -1 for a file of
     *     the upper layer
     */
    record LinkKey(int fileSystem, long inode) {
        static final int UPPER = -1;

        // By hand: for what a record has by itself a dozen classes are made at its first use, which takes 15 ms, and
        // that is in the first second of a mount.

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof LinkKey key && key.fileSystem == fileSystem && key.inode == inode;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(inode) * 31 + fileSystem;
        }
    }

    /** Where a name leads here. */
    record Position(Node parent, FileName name) {
        // By hand, as above: each name that is removed asks.

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Position position && position.parent == parent && position.name.equals(name);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(parent.id) * 31 + name.hashCode();
        }
    }

    private final long id;
    private final int type;

    /** The number that {@code stat} shows. Changes once, with copy-up, for a file that parts from its other names by it. */
    private volatile long inode;

    /** Null for the root, and for what has no name (any more). Changes with RENAME held exclusively, or the node's lock. */
    private volatile @Nullable Position position;

    /** Further names of a file with several. Guarded by the node's lock. */
    private List<Position> aliases = List.of();

    /** From false to true, once, under the node's lock. */
    private volatile boolean hasUpper;

    /** Replaced when a redirect gives the node places of its own; the layers stay. */
    private volatile Lowers lowers;

    /** What keeps a node that has no name. */
    private volatile @Nullable Fd orphan;

    /** Counts what changes among a directory's names in the upper layer: what was seen before isn't the whole truth any more. */
    private volatile int childChanges;

    /** What is known of a directory's purity. */
    enum Purity {
        UNKNOWN,
        PURE,
        /** Its upper directory says that copies with an origin may be in it. */
        IMPURE
    }

    private volatile Purity purity = Purity.UNKNOWN;

    /** Whether the copy in the upper layer has metadata alone. From true to false, once, under the node's lock. */
    private volatile boolean dataBelow;

    /** Whether this is a copy that remembers its origin. */
    private volatile boolean hasOrigin;

    /** Set for a lower file with several names, where there is an index. */
    private final HardlinkIndex.@Nullable Entry indexed;

    /** Guarded by the node's lock. */
    private volatile int unionLinks;

    /** Whether whoever is above us may hold data of the file in a cache. */
    private volatile boolean cachedAbove;

    /** Whether a name in this directory was looked up since this was last taken. */
    private volatile boolean namesAskedFor;

    /** Whether its name leads to another node although nobody removed it. */
    private volatile boolean superseded;

    /** What {@link FileFlags} found that forbids changes; -1 before it has looked. */
    private volatile int protection = -1;

    /** What is known of the attributes that users see of a file. */
    enum Xattrs {
        UNKNOWN,
        /** It was made here, and nobody has given it a capability; it may have inherited a list. */
        NEW,
        NONE,
        /** There were some, or somebody was about to set one. */
        SOME
    }

    private volatile Xattrs xattrs = Xattrs.UNKNOWN;

    private volatile @Nullable AtomicReferenceArray<@Nullable SharedFd> descriptors;

    // Guarded by the table's lock.
    long lookups;
    int children;

    @Nullable
    LinkKey linkKey; // null unless the table knows the node by it

    @Nullable
    Node nextOfName;

    /** @param position null for the root, and for a file that is made without a name */
    Node(long id, NodeFacts facts, @Nullable Position position) {
        this.id = id;
        this.type = facts.type();
        this.inode = facts.inode();
        this.position = position;
        this.hasUpper = facts.inUpper();
        this.lowers = facts.lowers();
        this.hasOrigin = facts.hasOrigin();
        this.dataBelow = facts.dataBelow();
        NodeFacts.Links links = facts.links();
        if (links != null && links.indexed() != null) {
            this.indexed = links.indexed();
            this.unionLinks = links.count();
        } else {
            this.indexed = null;
        }
    }

    long id() {
        return id;
    }

    boolean isDirectory() {
        return type == Stat.S_IFDIR;
    }

    boolean isRegular() {
        return type == Stat.S_IFREG;
    }

    /** The file type bits of {@code st_mode}. */
    int type() {
        return type;
    }

    long inode() {
        return inode;
    }

    void setInode(long number) {
        inode = number;
    }

    @Nullable
    Position position() {
        return position;
    }

    boolean isRoot() {
        return id == NodeTable.ROOT_ID;
    }

    /** Whether it can't be reached by a name any more. */
    boolean isDetached() {
        return position == null && !isRoot();
    }

    void setPosition(@Nullable Position position) {
        this.position = position;
    }

    List<Position> aliases() {
        return aliases;
    }

    void addAlias(Position alias) {
        List<Position> more = new ArrayList<>(aliases);
        more.add(alias);
        aliases = List.copyOf(more);
    }

    void removeAlias(Position alias) {
        List<Position> fewer = new ArrayList<>(aliases);
        fewer.remove(alias);
        aliases = List.copyOf(fewer);
    }

    boolean hasUpper() {
        return hasUpper;
    }

    Lowers lowers() {
        return lowers;
    }

    void setLowers(Lowers lowers) {
        this.lowers = lowers;
    }

    /** Whether more than one layer makes up this directory. */
    boolean isMerged() {
        int count = lowers.count();
        return isDirectory() && (hasUpper ? count > 0 : count > 1);
    }

    /** The copy is in place in the upper layer. */
    void copiedUp(boolean withoutData) {
        dataBelow = withoutData;
        hasUpper = true;
    }

    boolean hasDataBelow() {
        return dataBelow;
    }

    /** Whether everything of it is in the upper layer. */
    boolean hasUpperData() {
        return hasUpper && !dataBelow;
    }

    void dataCopiedUp() {
        dataBelow = false;
    }

    @Nullable
    Fd orphan() {
        return orphan;
    }

    void setOrphan(@Nullable Fd orphan) {
        this.orphan = orphan;
    }

    Purity purity() {
        return purity;
    }

    void setPurity(Purity purity) {
        this.purity = purity;
    }

    boolean hasOrigin() {
        return hasOrigin;
    }

    void rememberOrigin() {
        hasOrigin = true;
    }

    /** What the index knows the node by; null for what isn't its business. */
    HardlinkIndex.@Nullable Entry indexed() {
        return indexed;
    }

    /** How many names users see of an indexed node. */
    int unionLinks() {
        return unionLinks;
    }

    void setUnionLinks(int links) {
        unionLinks = links;
    }

    boolean isCachedAbove() {
        return cachedAbove;
    }

    void setCachedAbove(boolean cached) {
        cachedAbove = cached;
    }

    void askForName() {
        if (!namesAskedFor) {
            namesAskedFor = true;
        }
    }

    boolean takeNamesAskedFor() {
        boolean asked = namesAskedFor;
        namesAskedFor = false;
        return asked;
    }

    boolean isSuperseded() {
        return superseded;
    }

    void supersede() {
        superseded = true;
    }

    int protection() {
        return protection;
    }

    void setProtection(int flags) {
        protection = flags;
    }

    Xattrs xattrs() {
        return xattrs;
    }

    /** What was seen of the layer's file, which counts unless somebody {@linkplain #xattrSet set} one since. */
    synchronized void xattrsSeen(Xattrs seen) {
        if (xattrs == Xattrs.UNKNOWN || xattrs == Xattrs.NEW) {
            xattrs = seen;
        }
    }

    /** Whether users surely see none of this name, which is one that file systems list. */
    boolean isWithout(XattrName listed) {
        Xattrs known = xattrs;
        return known == Xattrs.NONE || (known == Xattrs.NEW && listed.equals(Attributes.CAPABILITY));
    }

    /** Called before one is set: who saw none has looked too early. */
    synchronized void xattrSet() {
        xattrs = Xattrs.SOME;
    }

    int childChanges() {
        return childChanges;
    }

    /**
     * The upper layer has another set of names in this directory. Whoever changes it under its exclusive lock may say so at any time meanwhile; a
     * copy-up, which has no such lock, when it is done.
     */
    void childChanged() {
        CHILD_CHANGES.getAndIncrement(this);
    }

    /** The path in the merged tree, which is also that in the upper layer. Callers hold RENAME. */
    RelativePath path() {
        ArrayDeque<FileName> names = new ArrayDeque<>();
        for (Position at = position; at != null; at = at.parent.position) {
            names.addFirst(at.name);
        }
        return RelativePath.of(new ArrayList<>(names));
    }

    /** The path in the lower layer at a depth. Callers hold RENAME. */
    RelativePath lowerPath(int depth) {
        int layer = lowers.layer(depth);
        ArrayDeque<FileName> names = new ArrayDeque<>();
        Node node = this;
        while (true) {
            RelativePath place = node.lowers.place(node.lowers.depthOf(layer));
            if (place != null) {
                List<FileName> all = new ArrayList<>(place.names());
                all.addAll(names);
                return RelativePath.of(all);
            }
            Position at = node.position;
            if (at == null) {
                return RelativePath.of(new ArrayList<>(names));
            }
            names.addFirst(at.name);
            node = at.parent;
        }
    }

    int descriptorPlaces() {
        AtomicReferenceArray<@Nullable SharedFd> slots = descriptors;
        return slots == null ? 0 : slots.length();
    }

    /** What is cached of this directory at a place: 0 for the upper layer, then the lowers from the topmost. */
    @Nullable
    SharedFd descriptor(int place) {
        AtomicReferenceArray<@Nullable SharedFd> slots = descriptors;
        return slots == null ? null : slots.get(place);
    }

    boolean replaceDescriptor(int place, @Nullable SharedFd old, @Nullable SharedFd next) {
        return slots().compareAndSet(place, old, next);
    }

    private AtomicReferenceArray<@Nullable SharedFd> slots() {
        AtomicReferenceArray<@Nullable SharedFd> slots = descriptors;
        if (slots == null) {
            synchronized (this) {
                slots = descriptors;
                if (slots == null) {
                    slots = new AtomicReferenceArray<>(lowers.count() + 1);
                    descriptors = slots;
                }
            }
        }
        return slots;
    }

    @Override
    public String toString() {
        return "node " + id;
    }
}
