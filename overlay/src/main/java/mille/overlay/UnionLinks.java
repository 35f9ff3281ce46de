package mille.overlay;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.FileAttributes;
import mille.linux.FileName;
import mille.linux.Stat;

/**
 * Counts the names of indexed files while names come and go, in memory and with the copy. For any other node it has nothing to do. The
 * caller holds the node's lock, or RENAME exclusively, and has copied the node up.
 */
final class UnionLinks {
    private final Union union;

    UnionLinks(Union union) {
        this.union = union;
    }

    /** Makes a name that only a lower layer has a link of the copy, so that it can be moved or removed. */
    void copyName(Node node, Node parent, FileName name) throws ErrnoException {
        HardlinkIndex index = union.index();
        HardlinkIndex.Entry indexed = node.indexed();
        if (index == null || indexed == null) {
            return;
        }
        try (SharedFd directory = union.directories().upper(parent);
                Location copy = index.locate(indexed.name())) {
            if (Stat.atOrNull(directory.fd(), name) != null) {
                return;
            }
            Stat before = Stat.of(directory.fd());
            union.makeImpure(parent, directory.fd());
            index.recordAgainstLower(indexed, node.unionLinks());
            copy.linkTo(directory.fd(), name);
            FileAttributes.setTimes(directory.fd(), before.accessed(), before.modified());
            index.recordAgainstUpper(indexed.name(), node.unionLinks());
        }
    }

    /** A name is about to come or go. */
    void beforeChange(Node node) throws ErrnoException {
        HardlinkIndex index = union.index();
        HardlinkIndex.Entry indexed = node.indexed();
        if (index != null && indexed != null) {
            index.recordAgainstUpper(indexed.name(), node.unionLinks());
        }
    }

    void added(Node node) {
        node.setUnionLinks(node.unionLinks() + 1);
    }

    /** With the last name, the copy leaves the index too: who has it open keeps it. */
    void removed(Node node) throws ErrnoException {
        HardlinkIndex index = union.index();
        HardlinkIndex.Entry indexed = node.indexed();
        if (index == null || indexed == null) {
            return;
        }
        node.setUnionLinks(node.unionLinks() - 1);
        if (node.unionLinks() <= 0) {
            try {
                index.remove(indexed.name());
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
    }

    /** Whether the node must be copied up before one of its names can go. */
    boolean needsCopy(Node node) {
        return union.index() != null && node.indexed() != null && !node.hasUpper();
    }
}
