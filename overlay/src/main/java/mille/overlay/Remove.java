package mille.overlay;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Takes names away. Where a lower layer holds the name, a whiteout takes its place in the upper layer in the same step: what was removed
 * never shows through, whenever a crash comes.
 */
final class Remove {
    private final Union union;
    private final Lookup lookup;
    private final CopyUp copyUp;
    private final Whiteout whiteout;
    private final MergedDirectory merged;
    private final UnionLinks links;

    Remove(Union union, Lookup lookup, CopyUp copyUp, Whiteout whiteout, MergedDirectory merged, UnionLinks links) {
        this.union = union;
        this.lookup = lookup;
        this.copyUp = copyUp;
        this.whiteout = whiteout;
        this.merged = merged;
        this.links = links;
    }

    /**
     * Removes a name of anything but a directory.
     *
     * @throws ErrnoException ENOENT, EISDIR
     */
    void unlink(Node parent, FileName name) throws ErrnoException {
        union.writable();
        copyUp.ensure(parent);
        boolean done = false;
        while (!done) {
            Node node = null;
            try {
                try (var _ = union.locks().rename().shared();
                        var _ = union.locks().directory(parent).exclusive()) {
                    node = lookup.require(parent, name);
                    if (node.isDirectory()) {
                        throw new ErrnoException(Errno.EISDIR, name.toString());
                    }
                    if (!links.needsCopy(node)) {
                        try (var _ = union.locks().node(node).exclusive()) {
                            unlink(node, parent, name);
                        }
                        done = true;
                    }
                }
                if (!done) {
                    copyUp.ensure(node, CopyUp.Data.STAYS_BELOW); // where nobody waits for it; then once more
                }
            } finally {
                if (node != null) {
                    lookup.forget(node, 1);
                }
            }
        }
    }

    private void unlink(Node node, Node parent, FileName name) throws ErrnoException {
        Fd kept = keep(node);
        parent.childChanged();
        boolean removed = false;
        try (SharedFd directory = union.directories().upper(parent)) {
            links.copyName(node, parent, name);
            links.beforeChange(node);
            if (!isInLowers(parent, name)) {
                Names.unlink(directory.fd(), name);
            } else if (node.hasUpper()) {
                Names.rename(union.writable().fd(), whiteout.prepare(), directory.fd(), name, 0);
            } else {
                whiteout.place(directory.fd(), name);
            }
            removed = true;
        } finally {
            if (!removed && kept != null) {
                kept.close();
            }
        }
        detach(node, parent, name, kept);
        links.removed(node);
    }

    /**
     * Removes a directory that shows nothing.
     *
     * @throws ErrnoException ENOENT, ENOTDIR, ENOTEMPTY
     */
    void removeDirectory(Node parent, FileName name) throws ErrnoException {
        WorkDirectory work = union.writable();
        if (!parent.hasUpper()) {
            requireEmptyDirectory(parent, name); // nothing is copied up for what is refused
        }
        copyUp.ensure(parent);
        Node node = null;
        // Exclusively: nobody puts anything into the directory between the look and the deed.
        try (var _ = union.locks().rename().exclusive()) {
            node = lookup.require(parent, name);
            requireEmpty(node, name);
            Fd kept = keep(node);
            parent.childChanged();
            boolean removed = false;
            try (SharedFd directory = union.directories().upper(parent)) {
                if (!node.hasUpper()) {
                    whiteout.place(directory.fd(), name);
                } else if (isInLowers(parent, name)) {
                    FileName temporary = whiteout.prepare();
                    Names.rename(work.fd(), temporary, directory.fd(), name, Names.RENAME_EXCHANGE);
                    work.discard(temporary);
                } else {
                    removeUpperDirectory(work, directory.fd(), name);
                }
                removed = true;
            } finally {
                if (!removed && kept != null) {
                    kept.close();
                }
            }
            detach(node, parent, name, kept);
        } finally {
            if (node != null) {
                lookup.forget(node, 1);
            }
        }
    }

    private void requireEmptyDirectory(Node parent, FileName name) throws ErrnoException {
        try (var _ = union.locks().rename().shared()) {
            Node node = lookup.require(parent, name);
            try {
                requireEmpty(node, name);
            } finally {
                lookup.forget(node, 1);
            }
        }
    }

    private void requireEmpty(Node node, FileName name) throws ErrnoException {
        if (!node.isDirectory()) {
            throw new ErrnoException(Errno.ENOTDIR, name.toString());
        }
        if (!merged.isEmpty(node)) {
            throw new ErrnoException(Errno.ENOTEMPTY, name.toString());
        }
    }

    /** It shows nothing, but whiteouts may be in it: then it leaves the upper layer first, at once, and is taken apart out of sight. */
    private static void removeUpperDirectory(WorkDirectory work, Fd directory, FileName name) throws ErrnoException {
        try {
            Names.removeDirectory(directory, name);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOTEMPTY) {
                throw e;
            }
            FileName temporary = work.temporaryName();
            Names.rename(directory, name, work.fd(), temporary, Names.RENAME_NOREPLACE);
            work.discard(temporary);
        }
    }

    /** Whether the name would show through from below if the upper layer held nothing under it. The caller holds RENAME. */
    boolean isInLowers(Node parent, FileName name) throws ErrnoException {
        Lowers lowers = parent.lowers();
        for (int depth = 0; depth < lowers.count(); depth++) {
            try (SharedFd directory = union.directories().lower(parent, depth)) {
                Layer layer = union.layer(lowers.layer(depth));
                if (WhiteoutFiles.hide(layer, directory.fd(), name)) {
                    return false;
                }
                Stat stat = Stat.atOrNull(directory.fd(), name);
                if (stat != null && !(layer.hasWhiteoutFiles() && WhiteoutFiles.isOne(name))) {
                    return !Whiteout.is(union.xattrs(), layer, directory.fd(), name, stat);
                }
            }
        }
        return false;
    }

    /** What keeps a node when its last name goes; null where another name leads to it. The caller holds the node's lock, or RENAME. */
    @Nullable
    Fd keep(Node node) throws ErrnoException {
        if (!node.aliases().isEmpty()) {
            return null;
        }
        try (Location at = union.locate(node)) {
            return at.open(O.PATH);
        }
    }

    /** The name leads nowhere now; takes the descriptor over. */
    void detach(Node node, Node parent, FileName name, @Nullable Fd kept) {
        boolean named = union.nodes().removeName(node, parent, name);
        if (kept != null) {
            if (named) {
                kept.close();
            } else {
                node.setOrphan(kept);
            }
        }
        if (node.isDirectory()) {
            union.directories().forget(node);
        }
    }
}
