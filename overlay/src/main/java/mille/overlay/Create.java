package mille.overlay;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * Makes files, directories and links in the upper layer.
 *
 * <p>Where nothing of the name is in the upper layer and the file needs no finishing, it is made in place: one step. Else it is made in
 * the work directory, finished there (owner, inherited list, opaque mark), and moved into place by one rename, over the whiteout if there
 * is one: a crash before leaves something in the work directory for the next mount to sweep.
 */
final class Create {
    private final Union union;
    private final Lookup lookup;
    private final CopyUp copyUp;
    private final UnionLinks links;
    private final Redirects redirects;

    Create(Union union, Lookup lookup, CopyUp copyUp, UnionLinks links, Redirects redirects) {
        this.union = union;
        this.lookup = lookup;
        this.copyUp = copyUp;
        this.links = links;
        this.redirects = redirects;
    }

    /** A new node, with one lookup counted, and its descriptor if it was opened as it was made. */
    record Made(Node node, Stat stat, @Nullable Fd file) {}

    /**
     * Makes a file that wasn't there.
     *
     * @throws ErrnoException EEXIST; EPERM for a 0:0 character device, which would be a whiteout; ENOENT in a directory that was removed
     */
    Made make(Node parent, FileName name, NewFile file, Caller caller) throws ErrnoException {
        if (file instanceof NewFile.Special special && Whiteout.isDevice(special.mode(), special.device())) {
            throw new ErrnoException(Errno.EPERM, "mknod of a whiteout");
        }
        WorkDirectory work = union.writable();
        copyUp.ensure(parent);
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().directory(parent).exclusive()) {
            requireAlive(parent);
            parent.childChanged();
            try (SharedFd directory = union.directories().upper(parent)) {
                Fd opened = make(work, parent, directory.fd(), name, file, caller);
                Stat made = opened == null ? Stat.at(directory.fd(), name) : Stat.of(opened);
                Stat stat = union.layer(Layer.UPPER).seen(made, directory.fd(), name);
                return new Made(registerNew(parent, directory.fd(), name, stat), stat, opened);
            }
        }
    }

    private @Nullable Fd make(WorkDirectory work, Node parent, Fd directory, FileName name, NewFile file, Caller caller)
            throws ErrnoException {
        boolean needsFinishing =
                union.layer(Layer.UPPER).overridesStat() || caller.uid() != 0 || !isGroupRight(directory, caller);
        // Where no lower layer has a say, what is there already is in the way by itself: no need to look first.
        if (!needsFinishing && parent.lowers().isEmpty()) {
            try {
                return makeInPlace(parent, directory, name, file, caller);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EEXIST) {
                    throw e;
                }
            }
        }
        boolean overWhiteout = requireFree(parent, name);
        return needsFinishing || overWhiteout
                ? makeInWork(work, directory, name, file, caller, overWhiteout)
                : makeInPlace(parent, directory, name, file, caller);
    }

    private @Nullable Fd makeInPlace(Node parent, Fd directory, FileName name, NewFile file, Caller caller)
            throws ErrnoException {
        ThreadUmask.set(caller.umask());
        Fd opened = file.make(directory, name, file.mode() & 07777);
        if (file instanceof NewFile.Directory) {
            markOpaqueInMerged(parent, directory, name);
        }
        return opened;
    }

    /**
     * Makes a regular file without a name ({@code O_TMPFILE}).
     *
     * @param openFlags of {@link O}, the access mode at least
     */
    Made makeNameless(Node parent, int mode, int openFlags, Caller caller) throws ErrnoException {
        union.writable();
        copyUp.ensure(parent);
        try (var _ = union.locks().rename().shared();
                SharedFd directory = union.directories().upper(parent)) {
            requireAlive(parent);
            ThreadUmask.set(caller.umask());
            Fd file = directory.fd().openAt(RelativePath.EMPTY, O.TMPFILE | openFlags, mode & modeMask());
            boolean complete = false;
            try {
                Stat made = Stat.of(file);
                Layer upper = union.layer(Layer.UPPER);
                if (upper.overridesStat()) {
                    Location at = Location.of(file, true);
                    upper.setOwner(at, caller.uid(), groupFor(directory.fd(), caller));
                    upper.setMode(at, (mode & ~0777 & 07777) | (made.permissions() & 0777));
                } else if (caller.uid() != 0 || !isGroupRight(directory.fd(), caller)) {
                    FileAttributes.setOwner(file, caller.uid(), groupFor(directory.fd(), caller));
                }
                Node node = union.nodes()
                        .makeNameless(NodeFacts.inUpperAlone(
                                Stat.S_IFREG,
                                union.inodes().shown(Layer.UPPER, made.inode()),
                                union.lastingIds().ofUpper(file),
                                null));
                node.setOrphan(file.reopen(O.PATH));
                complete = true;
                return new Made(node, upper.seen(Location.of(file, true)), file);
            } finally {
                if (!complete) {
                    file.close();
                }
            }
        }
    }

    /**
     * Gives a file one more name.
     *
     * @throws ErrnoException EEXIST, EMLINK, EPERM for a directory
     */
    Made link(Node node, Node parent, FileName name) throws ErrnoException {
        WorkDirectory work = union.writable();
        if (node.isDirectory()) {
            throw new ErrnoException(Errno.EPERM, "link to a directory");
        }
        copyUp.ensure(node, CopyUp.Data.STAYS_BELOW);
        copyUp.ensure(parent);
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().directory(parent).exclusive();
                var _ = union.locks().node(node).exclusive()) {
            boolean overWhiteout = requireFree(parent, name);
            parent.childChanged();
            try (SharedFd directory = union.directories().upper(parent);
                    Location from = union.locate(node)) {
                if (node.hasOrigin()) {
                    union.makeImpure(parent, directory.fd());
                }
                links.beforeChange(node);
                redirects.beforeLink(node, from);
                if (overWhiteout) {
                    FileName temporary = work.temporaryName();
                    from.linkTo(work.fd(), temporary);
                    Names.rename(work.fd(), temporary, directory.fd(), name, 0);
                } else {
                    from.linkTo(directory.fd(), name);
                }
                Stat stat = union.layer(Layer.UPPER).seen(Stat.at(directory.fd(), name), directory.fd(), name);
                links.added(node);
                union.nodes().addName(node, parent, name);
                union.nodes().rememberLinkKey(new Node.LinkKey(Node.LinkKey.UPPER, stat.inode()), node);
                union.nodes().retain(node);
                Fd orphan = node.orphan();
                if (orphan != null) {
                    node.setOrphan(null);
                    orphan.close();
                }
                return new Made(node, stat, null);
            }
        }
    }

    /** @return whether a whiteout stands where the file is to be */
    private boolean requireFree(Node parent, FileName name) throws ErrnoException {
        requireAlive(parent);
        Sighting there = lookup.resolve(parent, name);
        if (there instanceof Sighting.Present) {
            throw new ErrnoException(Errno.EEXIST, name.toString());
        }
        return there instanceof Sighting.Hidden;
    }

    private static void requireAlive(Node parent) throws ErrnoException {
        if (parent.isDetached()) {
            throw new ErrnoException(Errno.ENOENT, "create in a removed directory");
        }
    }

    private Node registerNew(Node parent, Fd directory, FileName name, Stat stat) throws ErrnoException {
        long inode = union.inodes().shown(Layer.UPPER, stat.inode());
        long lastingId = union.lastingIds().ofUpper(directory, name);
        Node node = union.nodes().make(parent, name, NodeFacts.inUpperAlone(stat.type(), inode, lastingId, null));
        node.setPurity(Node.Purity.PURE);
        node.setProtection(0);
        node.xattrsSeen(Node.Xattrs.NEW);
        return node;
    }

    /** Set-id bits on an inode whose owner isn't the file's would be those of somebody else. */
    private int modeMask() {
        return union.layer(Layer.UPPER).overridesStat() ? 0777 : 07777;
    }

    private Stat seen(Fd directory) throws ErrnoException {
        return union.layer(Layer.UPPER).seen(Location.of(directory, true));
    }

    /** Whether what root makes there gets the right group without our doing. */
    private boolean isGroupRight(Fd directory, Caller caller) throws ErrnoException {
        return caller.gid() == 0 || (seen(directory).mode() & Stat.S_ISGID) != 0;
    }

    private int groupFor(Fd directory, Caller caller) throws ErrnoException {
        Stat parent = seen(directory);
        return (parent.mode() & Stat.S_ISGID) != 0 ? parent.gid() : caller.gid();
    }

    /** Not needed for what is seen, but it spares every later lookup the layers below, and a layer changed offline can't show through. */
    private void markOpaqueInMerged(Node parent, Fd directory, FileName name) throws ErrnoException {
        if (parent.isMerged() && union.marksNewDirectoriesOpaque()) {
            Xattrs.set(directory, name, union.xattrs().opaque(), new byte[] {'y'}, 0);
        }
    }

    private @Nullable Fd makeInWork(
            WorkDirectory work, Fd directory, FileName name, NewFile file, Caller caller, boolean overWhiteout)
            throws ErrnoException {
        FileName temporary = work.temporaryName();
        ThreadUmask.set(0);
        Fd opened = file.make(work.fd(), temporary, file.mode() & modeMask());
        boolean complete = false;
        try (Location made = Location.in(work, temporary)) {
            finish(made, directory, file, caller);
            boolean isDirectory = file instanceof NewFile.Directory;
            if (isDirectory && overWhiteout) {
                made.setXattr(union.xattrs().opaque(), new byte[] {'y'}, 0);
                Names.rename(work.fd(), temporary, directory, name, Names.RENAME_EXCHANGE);
                Names.unlink(work.fd(), temporary);
            } else {
                Names.rename(work.fd(), temporary, directory, name, overWhiteout ? 0 : Names.RENAME_NOREPLACE);
            }
            complete = true;
            return opened;
        } finally {
            if (!complete) {
                if (opened != null) {
                    opened.close();
                }
                work.discard(temporary);
            }
        }
    }

    /** Owner, mode and lists as if it had been made in its directory by the caller. */
    private void finish(Location made, Fd directory, NewFile file, Caller caller) throws ErrnoException {
        Stat parent = seen(directory);
        boolean groupInherited = (parent.mode() & Stat.S_ISGID) != 0;
        Layer upper = union.layer(Layer.UPPER);
        upper.setOwner(made, caller.uid(), groupInherited ? parent.gid() : caller.gid());
        if (file instanceof NewFile.Symlink) {
            return;
        }
        int permissions = file.mode() & 07777;
        byte[] inherited = Xattrs.get(directory, PosixAcl.DEFAULT);
        PosixAcl defaults = inherited == null ? null : PosixAcl.parse(inherited);
        if (defaults == null || inherited == null) {
            permissions &= ~caller.umask();
        } else {
            PosixAcl own = defaults.inheritedWith(permissions);
            permissions = (permissions & ~0777) | own.permissions();
            if (own.isExtended()) {
                made.setXattr(PosixAcl.ACCESS, own.toBytes(), 0);
            }
            if (file instanceof NewFile.Directory) {
                made.setXattr(PosixAcl.DEFAULT, inherited, 0);
            }
        }
        if (file instanceof NewFile.Directory && groupInherited) {
            permissions |= Stat.S_ISGID;
        }
        upper.setMode(made, permissions);
    }
}
