package mille.overlay;

import java.util.ArrayDeque;
import jdk.jfr.FlightRecorder;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.FileData;
import mille.linux.FileHandle;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * Makes the upper layer hold a node that only lower layers hold, before it is changed for the first time.
 *
 * <p>The steps for one node, its parent being there already; a crash after each leaves:
 *
 * <ol>
 *   <li>make it in the work directory, without a name where that is possible: nothing, or something that the next mount sweeps away
 *   <li>copy data, owner, attributes, mode and times: the same
 *   <li>settle the copy ({@link Durability}): the same
 *   <li>link or rename it into the upper layer, the only visible step: the node, changed in nothing. Where the parent's directory entry
 *       isn't on disk yet, the lower file is seen after a crash, which is the same file
 *   <li>give the parent back its times: a parent that was modified by nobody, a small lie that the kernel's overlay also corrects here
 * </ol>
 */
final class CopyUp {
    /** What becomes of a regular file's data. */
    enum Data {
        COPIED,
        /** The caller is about to truncate it to nothing. */
        LEFT_BEHIND,
        /** The caller changes no data: where copies of metadata alone are on, it stays where it is. */
        STAYS_BELOW
    }

    private static final int TEMPORARY_MODE = 0600;

    private final Union union;
    private final UnionLinks links;

    CopyUp(Union union, UnionLinks links) {
        this.union = union;
        this.links = links;
    }

    /** A copy that nobody sees yet: a descriptor of a file without a name, or a name in the work directory. */
    private record Staged(@Nullable Fd unnamed, @Nullable FileName name, Copied copied) {}

    /**
     * What was copied of a file's data.
     *
     * @param bytes holes and shared extents included
     * @param leftBelow whether the copy isn't to have any
     */
    private record Copied(FileCopy.How how, long bytes, boolean leftBelow) {
        static final Copied NOTHING = new Copied(FileCopy.How.NOTHING, 0, false);
        static final Copied LEFT_BELOW = new Copied(FileCopy.How.NOTHING, 0, true);

        static Copied of(FileCopy.How how, long bytes) {
            return how == FileCopy.How.NOTHING ? NOTHING : new Copied(how, bytes, false);
        }
    }

    /**
     * Copies the node up, its ancestors before it. The caller holds no lock; when this returns the node is in the upper layer for ever.
     *
     * @throws ErrnoException EROFS where there is no upper layer; ENOSPC, EDQUOT and the like, with nothing changed
     */
    void ensure(Node node, Data data) throws ErrnoException {
        if (isEnough(node, data)) {
            return;
        }
        WorkDirectory work = union.writable();
        ArrayDeque<Node> chain = new ArrayDeque<>();
        try (var _ = union.locks().rename().shared()) {
            for (Node at = node; at != null && (at == node || !at.hasUpper()); ) {
                chain.addFirst(at);
                Node.Position position = at.position();
                at = position == null ? null : position.parent();
            }
        }
        for (Node next : chain) {
            try (var _ = union.locks().copyUp(next).exclusive()) {
                if (!isEnough(next, data)) {
                    // The event's class brings the recorder's own with it, which a first copy-up needn't wait for.
                    CopyUpEvent event = FlightRecorder.isInitialized() ? CopyUpEvent.begun() : null;
                    Copied copied = next.hasUpper() ? completeData(next, data) : copy(next, work, data);
                    union.counters().copiedUp(copied.how(), copied.bytes());
                    if (event != null) {
                        report(event, next, copied);
                    }
                }
            }
        }
    }

    private void report(CopyUpEvent event, Node node, Copied copied) {
        event.end();
        if (event.shouldCommit()) {
            try (var _ = union.locks().rename().shared()) {
                event.commit(node.isDetached() ? null : "/" + node.path(), copied.how(), copied.bytes());
            }
        }
    }

    private static boolean isEnough(Node node, Data data) {
        return data == Data.STAYS_BELOW ? node.hasUpper() : node.hasUpper() && !node.hasDataBelow();
    }

    void ensure(Node node) throws ErrnoException {
        ensure(node, Data.COPIED);
    }

    private Copied copy(Node node, WorkDirectory work, Data data) throws ErrnoException {
        Staged staged;
        if (node.isRegular()) {
            staged = stageRegular(node, work, data);
        } else {
            try (var _ = union.locks().rename().shared();
                    Location source = locateShared(node)) {
                staged = stageSpecial(node, work, source);
            }
        }
        boolean published = false;
        try {
            published = publish(node, work, staged);
        } finally {
            if (staged.unnamed() != null && node.orphan() != staged.unnamed()) {
                staged.unnamed().close();
            }
            if (!published && staged.name() != null) {
                work.discard(staged.name());
            }
        }
        return published ? staged.copied() : copy(node, work, data);
    }

    private Location locateShared(Node node) throws ErrnoException {
        try (var _ = union.locks().node(node).shared()) {
            return union.locate(node);
        }
    }

    private Fd openAttributes(Node node) throws ErrnoException {
        try (Location source = union.locate(node)) {
            return source.open(O.PATH);
        }
    }

    private Staged stageRegular(Node node, WorkDirectory work, Data data) throws ErrnoException {
        Fd from;
        Fd attributes;
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location below = union.locateData(node)) {
            from = openQuietly(below);
            try {
                attributes = union.hasDataApart(node) ? openAttributes(node) : from;
            } catch (ErrnoException | RuntimeException | Error failed) {
                from.close();
                throw failed;
            }
        }
        FileName name = null;
        Fd copy = null;
        boolean complete = false;
        try (from;
                attributes) {
            copy = openUnnamed(work);
            if (copy == null) {
                name = work.temporaryName();
                copy = work.fd().openAt(name, O.RDWR | O.CREAT | O.EXCL | O.NOFOLLOW, TEMPORARY_MODE);
            }
            Copied copied = fill(node, data, from, attributes, copy);
            complete = true;
            return name == null ? new Staged(copy, null, copied) : new Staged(null, name, copied);
        } finally {
            if (copy != null && !(complete && name == null)) {
                copy.close();
            }
            if (!complete && name != null) {
                work.discard(name);
            }
        }
    }

    /**
     * Makes the copy whole.
     *
     * @param attributes {@code O_PATH} of another file than {@code from} where the lower file is itself a copy of metadata alone, else the same
     */
    private Copied fill(Node node, Data data, Fd from, Fd attributes, Fd copy) throws ErrnoException {
        Stat stat = union.stat(node, Location.of(attributes, false));
        Location to = Location.of(copy, true);
        byte[] mark = markOf(node, data, from);
        Copied copied = Copied.NOTHING;
        if (mark != null) {
            FileData.truncate(copy, stat.sizeBytes());
            to.setXattr(union.xattrs().metacopy(), mark, 0);
            copied = Copied.LEFT_BELOW;
        } else if (data != Data.LEFT_BEHIND) {
            Stat below = attributes == from ? stat : Stat.of(from);
            copied = Copied.of(FileCopy.copy(from, copy, below, stat.sizeBytes()), stat.sizeBytes());
        }
        copyAttributes(node, Location.of(attributes, false), to, stat);
        FileFlags.copyOthers(from, copy);
        rememberOrigin(node, attributes, to, stat);
        if (mark == null && data != Data.LEFT_BEHIND) {
            union.durability().settle(copy);
        }
        return copied;
    }

    /** What says of a copy that its data stays below; null where it doesn't. A file that lost its name must keep its data with it. */
    private byte @Nullable [] markOf(Node node, Data data, Fd from) throws ErrnoException {
        OverlayOptions options = union.options();
        if (data != Data.STAYS_BELOW || node.isDetached() || !options.has(OverlayOptions.Feature.METACOPY)) {
            return null;
        }
        if (!options.has(OverlayOptions.Feature.VERITY)) {
            return Metacopy.EMPTY;
        }
        byte[] mark = Verity.markOf(from);
        return Metacopy.hasDigest(mark) || !options.has(OverlayOptions.Feature.REQUIRE_VERITY) ? mark : null;
    }

    /**
     * Gives a copy of metadata alone its data. A crash before the last step leaves such a copy, whose own data nobody looks at.
     *
     * <ol>
     *   <li>copy the data into the copy
     *   <li>settle it ({@link Durability})
     *   <li>take the mark away: from here on the copy's data counts
     * </ol>
     */
    private Copied completeData(Node node, Data data) throws ErrnoException {
        Fd from;
        Fd to;
        Copied copied = Copied.NOTHING;
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location below = union.locateData(node);
                Location copy = union.locate(node)) {
            from = openQuietly(below);
            to = copy.open(O.RDWR);
        }
        try (from;
                to) {
            Stat before = Stat.of(to);
            byte[] capability = Xattrs.get(to, Attributes.CAPABILITY); // which a write takes away
            FileData.truncate(to, 0);
            if (data != Data.LEFT_BEHIND) {
                Stat below = Stat.of(from);
                copied = Copied.of(FileCopy.copy(from, to, below, below.sizeBytes()), below.sizeBytes());
            }
            if (capability != null) {
                Xattrs.set(to, Attributes.CAPABILITY, capability, 0);
            }
            FileAttributes.setTimes(to, before.accessed(), before.modified());
            if (data != Data.LEFT_BEHIND) {
                union.durability().settle(to);
            }
            Location.of(to, true).removeXattr(union.xattrs().metacopy());
        }
        node.dataCopiedUp();
        return copied;
    }

    /** Reading a lower file leaves no trace on it, as far as we may say so. */
    private static Fd openQuietly(Location source) throws ErrnoException {
        try {
            return source.open(O.RDONLY | O.NOATIME);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPERM) {
                return source.open(O.RDONLY);
            }
            throw e;
        }
    }

    /** Null where the file system makes no files without a name. */
    private static @Nullable Fd openUnnamed(WorkDirectory work) throws ErrnoException {
        try {
            return work.fd().openAt(RelativePath.EMPTY, O.TMPFILE | O.RDWR, TEMPORARY_MODE);
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case EOPNOTSUPP, EISDIR, ENOENT -> null;
                default -> throw e;
            };
        }
    }

    private Staged stageSpecial(Node node, WorkDirectory work, Location source) throws ErrnoException {
        FileName name = work.temporaryName();
        Stat stat = union.stat(node, source);
        switch (node.type()) {
            case Stat.S_IFDIR -> Names.makeDirectory(work.fd(), name, 0700);
            case Stat.S_IFLNK -> Names.makeSymlink(source.readLink(), work.fd(), name);
            default -> Names.makeNode(work.fd(), name, stat.type() | TEMPORARY_MODE, stat.rdevice());
        }
        boolean complete = false;
        try (Location copy = Location.in(work, name);
                Fd from = source.open(O.PATH)) {
            copyAttributes(node, source, copy, stat);
            rememberOrigin(node, from, copy, stat);
            complete = true;
            return new Staged(null, name, Copied.NOTHING);
        } finally {
            if (!complete) {
                work.discard(name);
            }
        }
    }

    /** One of several names of a lower file is no origin: the others go on being the lower file. */
    private void rememberOrigin(Node node, Fd from, Location copy, Stat stat) throws ErrnoException {
        boolean indexed = union.index() != null && node.indexed() != null;
        if (!stat.isDirectory() && stat.linkCount() > 1 && !indexed) {
            return;
        }
        if (!union.takesMarks(stat)) {
            return;
        }
        try {
            copy.setXattr(union.xattrs().origin(), union.origins().valueFor(FileHandle.of(from), stat), 0);
            node.rememberOrigin();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
        }
    }

    /** Owner before attributes and mode: a change of owner drops capabilities and set-id bits. Times last. */
    private void copyAttributes(Node node, Location from, Location to, Stat stat) throws ErrnoException {
        Layer upper = union.layer(Layer.UPPER);
        upper.setOwner(to, stat.uid(), stat.gid());
        if (node.xattrs() != Node.Xattrs.NONE) {
            copyXattrs(from, to);
        }
        FileFlags.copy(union.xattrs(), to, stat);
        if (!stat.isSymlink()) {
            upper.setMode(to, stat.permissions());
        }
        to.setTimes(stat.accessed(), stat.modified());
    }

    private void copyXattrs(Location from, Location to) throws ErrnoException {
        boolean keepsOwners = union.options().owners().keeping() != Owners.Keeping.INODES;
        for (XattrName attribute : from.xattrs()) {
            if (union.xattrs().isPrivate(attribute) || (keepsOwners && OverrideStat.isOne(attribute))) {
                continue;
            }
            byte[] value = from.xattr(attribute);
            if (value != null) {
                setXattr(to, attribute, value);
            }
        }
    }

    /** An attribute that the upper's file system has no room or no rule for is an error, but not one that it knows nothing of. */
    private static void setXattr(Location to, XattrName attribute, byte[] value) throws ErrnoException {
        try {
            to.setXattr(attribute, value, 0);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EOPNOTSUPP || attribute.startsWith("system.posix_acl_")) {
                throw e;
            }
        }
    }

    /** Returns false where the node has lost its name, and the copy is without the data that it is to keep. */
    private boolean publish(Node node, WorkDirectory work, Staged staged) throws ErrnoException {
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).exclusive()) {
            Node.Position at = node.position();
            if (at == null) {
                if (staged.copied().leftBelow()) {
                    return false;
                }
                keepWithoutName(node, work, staged);
                return true;
            }
            HardlinkIndex index = union.index();
            HardlinkIndex.Entry indexed = node.indexed();
            if (index != null && indexed != null) {
                place(work, staged, index.fd(), indexed.name());
                index.recordAgainstLower(indexed, node.unionLinks());
                links.copyName(node, at.parent(), at.name());
            } else {
                try (SharedFd parent = union.directories().upper(at.parent())) {
                    Stat before = Stat.of(parent.fd());
                    union.makeImpure(at.parent(), parent.fd());
                    place(work, staged, parent.fd(), at.name());
                    if (!node.isDirectory() && !node.hasOrigin()) {
                        // What it was copied from has other names, which keep that number.
                        long inode = Stat.at(parent.fd(), at.name()).inode();
                        node.setInode(union.inodes().shown(Layer.UPPER, inode));
                    }
                    FileAttributes.setTimes(parent.fd(), before.accessed(), before.modified());
                }
            }
            boolean withoutData = staged.copied().leftBelow();
            if (withoutData) {
                node.setLowers(node.lowers().placed(at.parent(), at.name()));
            }
            node.copiedUp(withoutData);
            at.parent().childChanged();
            return true;
        }
    }

    private static void place(WorkDirectory work, Staged staged, Fd directory, FileName name) throws ErrnoException {
        if (staged.unnamed() != null) {
            Names.linkOpenFile(staged.unnamed(), directory, name);
        } else if (staged.name() != null) {
            Names.rename(work.fd(), staged.name(), directory, name, Names.RENAME_NOREPLACE);
        }
    }

    /** The node lost its name while it was copied, or before: its users go on with a copy that has none either. */
    private static void keepWithoutName(Node node, WorkDirectory work, Staged staged) throws ErrnoException {
        Fd old = node.orphan();
        if (staged.unnamed() != null) {
            node.setOrphan(staged.unnamed());
        } else if (staged.name() != null) {
            node.setOrphan(work.fd().openAt(staged.name(), O.PATH | O.NOFOLLOW));
            work.discard(staged.name());
        }
        node.copiedUp(false);
        if (old != null) {
            old.close();
        }
    }
}
