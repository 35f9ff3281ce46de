package mille.overlay;

import java.util.ArrayList;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.O;
import mille.linux.Stat;
import mille.linux.XattrName;
import org.jspecify.annotations.Nullable;

/** Reads and changes what is known of a file beside its data: {@code stat}, owner, mode, times, size, extended attributes. */
final class Attributes {
    static final XattrName CAPABILITY = XattrName.of("security.capability");

    private final Union union;
    private final CopyUp copyUp;

    Attributes(Union union, CopyUp copyUp) {
        this.union = union;
        this.copyUp = copyUp;
    }

    /**
     * As users see it: under the node's number, with the blocks of its data, wherever that is; a merged directory has one link, since
     * nobody counts its subdirectories.
     */
    Stat shown(Node node, Stat stat) throws ErrnoException {
        int links = node.indexed() == null ? stat.linkCount() : node.unionLinks();
        Stat data = union.statOfDataBelow(node);
        boolean uncounted =
                node.isMerged() || (node.isDirectory() && union.options().has(OverlayOptions.Feature.STATIC_NLINK));
        Stat shown =
                stat.shownAs(node.inode(), uncounted ? 1 : links, data == null ? stat.blocks512() : data.blocks512());
        Owners owners = union.options().owners();
        return owners.areAsStored() ? shown : shown.ownedBy(owners.shownUid(stat.uid()), owners.shownGid(stat.gid()));
    }

    Stat get(Node node) throws ErrnoException {
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            return shown(node, union.stat(node, at));
        }
    }

    /** @param open a descriptor of the file that may be written, to truncate it by; null to open one */
    Stat set(Node node, AttributeChange change, @Nullable Fd open) throws ErrnoException {
        copyUp.ensure(node, dataNeeded(change));
        union.writable();
        Locks.Ranked lock = union.locks().node(node);
        try (var _ = union.locks().rename().shared();
                var _ = change.sizeBytes() >= 0 ? lock.exclusive() : lock.shared();
                Location at = union.locate(node)) {
            Layer upper = union.layer(Layer.UPPER);
            if (change.sizeBytes() >= 0) {
                truncate(at, change, open);
            }
            if (change.uid() != -1 || change.gid() != -1) {
                Owners owners = union.options().owners();
                upper.setOwner(at, owners.storedUid(change.uid()), owners.storedGid(change.gid()));
            }
            if (change.mode() != -1) {
                upper.setMode(at, change.mode() & 07777);
            }
            if (change.accessed() != null || change.modified() != null) {
                at.setTimes(change.accessed(), change.modified());
            }
            return shown(node, union.stat(node, at));
        }
    }

    private static CopyUp.Data dataNeeded(AttributeChange change) {
        if (change.sizeBytes() < 0) {
            return CopyUp.Data.STAYS_BELOW;
        }
        return change.sizeBytes() == 0 ? CopyUp.Data.LEFT_BEHIND : CopyUp.Data.COPIED;
    }

    private void truncate(Location at, AttributeChange change, @Nullable Fd open) throws ErrnoException {
        if (open != null) {
            FileData.truncate(open, change.sizeBytes());
        } else {
            try (Fd file = at.open(O.WRONLY)) {
                FileData.truncate(file, change.sizeBytes());
            }
        }
        if (change.dropsSetIds()) {
            dropSetIds(at);
        }
    }

    /** @return whether there were any */
    boolean dropSetIds(Node node) throws ErrnoException {
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            return dropSetIds(at);
        }
    }

    private boolean dropSetIds(Location at) throws ErrnoException {
        Layer upper = union.layer(Layer.UPPER);
        int permissions = upper.seen(at).permissions();
        int kept = permissions & ~Stat.S_ISUID;
        if ((permissions & 010) != 0) { // without group execution, set-group-id means mandatory locking, and stays
            kept &= ~Stat.S_ISGID;
        }
        if (kept == permissions) {
            return false;
        }
        upper.setMode(at, kept);
        return true;
    }

    byte[] readLink(Node node) throws ErrnoException {
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            return at.readLink();
        }
    }

    byte @Nullable [] xattr(Node node, XattrName shown) throws ErrnoException {
        if (isHidden(shown) || (isAlwaysListed(shown) && node.isWithout(shown))) {
            return null;
        }
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            if (node.xattrs() != Node.Xattrs.SOME && isAlwaysListed(shown) && hasNone(node, at)) {
                return null;
            }
            byte[] value = at.xattr(union.xattrs().stored(shown));
            return value != null && PosixAcl.isList(shown)
                    ? union.options().owners().shownList(value)
                    : value;
        }
    }

    /**
     * The kernel asks for these at each change of an owner and each first write, and mostly in vain: where a file has no attribute at all, that is
     * remembered. Others, such as those of security modules, may be there without being listed.
     */
    private static boolean isAlwaysListed(XattrName name) {
        return name.equals(CAPABILITY) || PosixAcl.isList(name);
    }

    private boolean hasNone(Node node, Location at) throws ErrnoException {
        try {
            return !seeXattrs(node, at.xattrs());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.E2BIG || e.errno() == Errno.ERANGE) {
                return false; // there are more than can be listed
            }
            throw e;
        }
    }

    /** @return whether users see any of them */
    private boolean seeXattrs(Node node, List<XattrName> stored) {
        boolean some = false;
        for (XattrName name : stored) {
            some |= union.xattrs().shown(name) != null;
        }
        node.xattrsSeen(some ? Node.Xattrs.SOME : Node.Xattrs.NONE);
        return some;
    }

    /** What gives files their owners is no user's to see or to set: he could make his file another's. */
    private boolean isHidden(XattrName name) {
        return union.options().owners().keeping() != Owners.Keeping.INODES && OverrideStat.isOne(name);
    }

    /** @param withTrusted whether the asker may know of {@code trusted.*} */
    List<XattrName> xattrs(Node node, boolean withTrusted) throws ErrnoException {
        if (node.xattrs() == Node.Xattrs.NONE) {
            return List.of();
        }
        List<XattrName> stored;
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            stored = at.xattrs();
        }
        if (!seeXattrs(node, stored)) {
            return List.of();
        }
        List<XattrName> shown = new ArrayList<>();
        for (XattrName name : stored) {
            XattrName visible = union.xattrs().shown(name);
            if (visible != null && !isHidden(visible) && (withTrusted || !visible.startsWith("trusted."))) {
                shown.add(visible);
            }
        }
        return shown;
    }

    void setXattr(Node node, XattrName shown, byte[] value, int flags, boolean dropsSetGroupId) throws ErrnoException {
        if (isHidden(shown)) {
            throw new ErrnoException(Errno.EPERM, "setxattr " + shown);
        }
        copyUp.ensure(node, CopyUp.Data.STAYS_BELOW);
        union.writable();
        node.xattrSet();
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            byte[] stored = PosixAcl.isList(shown) ? union.options().owners().storedList(value) : value;
            at.setXattr(union.xattrs().stored(shown), stored, flags);
            Layer upper = union.layer(Layer.UPPER);
            if (upper.overridesStat() && shown.equals(PosixAcl.ACCESS)) {
                // The mode that follows from the list.
                int others = upper.seen(at).permissions() & ~0777;
                upper.setMode(at, others | (at.stat().permissions() & 0777));
            }
            if (dropsSetGroupId) {
                upper.setMode(at, upper.seen(at).permissions() & ~Stat.S_ISGID);
            }
        }
    }

    void removeXattr(Node node, XattrName shown) throws ErrnoException {
        union.writable();
        XattrName stored = union.xattrs().stored(shown);
        // Nothing is copied up to find that there is nothing to remove.
        if (isHidden(shown) || (!node.hasUpper() && xattr(node, shown) == null)) {
            throw new ErrnoException(Errno.ENODATA, "removexattr " + shown);
        }
        copyUp.ensure(node, CopyUp.Data.STAYS_BELOW);
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            at.removeXattr(stored);
        }
    }
}
