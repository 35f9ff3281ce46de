package mille.overlay;

import java.util.Objects;
import mille.linux.DirectoryReader;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * Moves names. What moves is copied up before any lock is taken; the move itself is one rename in the upper layer, which leaves a whiteout
 * behind where a lower layer holds the old name.
 *
 * <p>The steps, and what a crash after each leaves:
 *
 * <ol>
 *   <li>copy up what moves and the directory it moves to: copies that differ in nothing
 *   <li>replace a target directory that holds nothing but whiteouts by an empty opaque one: a directory that shows as before
 *   <li>mark a moved directory opaque where other layers could have its new name, or redirect it to where the lower layers have it: as
 *       before, for nothing lies below it, or what did still does
 *   <li>rename, with a whiteout for the old name: done
 *   <li>where a whiteout was swapped to a place that needs none, remove it: until then it hides nothing
 * </ol>
 */
final class Rename {
    private final Union union;
    private final Lookup lookup;
    private final CopyUp copyUp;
    private final Remove remove;
    private final MergedDirectory merged;
    private final UnionLinks links;
    private final Redirects redirects;

    Rename(
            Union union,
            Lookup lookup,
            CopyUp copyUp,
            Remove remove,
            MergedDirectory merged,
            UnionLinks links,
            Redirects redirects) {
        this.union = union;
        this.lookup = lookup;
        this.copyUp = copyUp;
        this.remove = remove;
        this.merged = merged;
        this.links = links;
        this.redirects = redirects;
    }

    /** One end of a rename. */
    private record Place(Node parent, FileName name) {}

    /**
     * Moves a name, or swaps two.
     *
     * @param flags 0, {@link Names#RENAME_NOREPLACE} or {@link Names#RENAME_EXCHANGE}
     * @throws ErrnoException EINVAL for other flags, or for a directory into itself; EXDEV for a directory that a lower layer holds where
     *     redirects are off, or its path is too long for one; ENOENT, EEXIST, ENOTDIR, EISDIR, ENOTEMPTY
     */
    void rename(Node oldParent, FileName oldName, Node newParent, FileName newName, int flags) throws ErrnoException {
        union.writable();
        if ((flags & ~(Names.RENAME_NOREPLACE | Names.RENAME_EXCHANGE)) != 0
                || flags == (Names.RENAME_NOREPLACE | Names.RENAME_EXCHANGE)) {
            throw new ErrnoException(Errno.EINVAL, "rename flags " + flags);
        }
        Place from = new Place(oldParent, oldName);
        Place to = new Place(newParent, newName);
        boolean exchange = flags == Names.RENAME_EXCHANGE;
        boolean done = false;
        while (!done) {
            Node source = retained(from);
            Node target = null;
            try {
                requireMovable(source);
                target = exchange ? retained(to) : present(to);
                if (target != null && !exchange) {
                    requireNothingBelow(source, target, to.parent());
                }
                if (target != null && exchange) {
                    requireMovable(target);
                    copyUp.ensure(target, CopyUp.Data.STAYS_BELOW);
                } else if (target != null && links.needsCopy(target)) {
                    copyUp.ensure(target, CopyUp.Data.STAYS_BELOW);
                }
                copyUp.ensure(source, CopyUp.Data.STAYS_BELOW);
                copyUp.ensure(oldParent); // a file with other names is copied up for the first that was seen
                copyUp.ensure(newParent);
                try (var _ = union.locks().rename().exclusive()) {
                    done = exchange
                            ? swapIfUnchanged(from, source, to, Objects.requireNonNull(target))
                            : moveIfUnchanged(from, source, to, flags);
                }
            } finally {
                lookup.forget(source, 1);
                if (target != null) {
                    lookup.forget(target, 1);
                }
            }
        }
    }

    private Node retained(Place place) throws ErrnoException {
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().directory(place.parent()).shared()) {
            return lookup.require(place.parent(), place.name());
        }
    }

    /** Null where there is nothing. */
    private @Nullable Node present(Place place) throws ErrnoException {
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().directory(place.parent()).shared()) {
            Lookup.Found found = lookup.find(place.parent(), place.name());
            return found == null ? null : found.node();
        }
    }

    private void requireMovable(Node node) throws ErrnoException {
        if (node.isDirectory() && !node.lowers().isEmpty() && union.options().redirect() != RedirectPolicy.ON) {
            throw new ErrnoException(Errno.EXDEV, "rename of a directory that a lower layer holds");
        }
    }

    /** Refuses early where a full directory is to be replaced, before anything is copied up for nothing; what only the upper has can wait. */
    private void requireNothingBelow(Node source, Node target, Node parent) throws ErrnoException {
        if (source.isDirectory() && target.isDirectory() && !target.lowers().isEmpty()) {
            try (var _ = union.locks().rename().shared();
                    var _ = union.locks().directory(parent).shared()) {
                requireSameKind(source, target);
                if (!merged.isEmpty(target)) {
                    throw notEmpty();
                }
            }
        }
    }

    /** @return false where the old name leads elsewhere by now: start again */
    private boolean moveIfUnchanged(Place from, Node source, Place to, int flags) throws ErrnoException {
        if (!leadsTo(from, source)) {
            return false;
        }
        requireAlive(to.parent());
        requireNotInside(source, to.parent());
        Sighting sighting = lookup.resolve(to.parent(), to.name());
        Node target = null;
        if (sighting instanceof Sighting.Present present) {
            if ((flags & Names.RENAME_NOREPLACE) != 0) {
                throw new ErrnoException(Errno.EEXIST, to.name().toString());
            }
            target = lookup.register(to.parent(), to.name(), present);
        }
        try {
            if (target != null && links.needsCopy(target)) {
                return false;
            }
            if (target != source) { // two names of one file: POSIX has rename do nothing
                move(from, source, to, target, sighting instanceof Sighting.Hidden);
            }
            return true;
        } finally {
            if (target != null) {
                lookup.forget(target, 1);
            }
        }
    }

    private void move(Place from, Node source, Place to, @Nullable Node target, boolean overWhiteout)
            throws ErrnoException {
        Fd kept = null;
        boolean isFull = false;
        if (target != null) {
            requireSameKind(source, target);
            isFull = target.isDirectory() && !merged.isEmpty(target);
            // One that the upper alone has is left for the rename to refuse, as by the kernel's overlay: what that
            // leaves behind, a redirect and on ext4 another time, is the same then.
            if (isFull && !target.lowers().isEmpty()) {
                throw notEmpty();
            }
            kept = remove.keep(target);
        }
        from.parent().childChanged();
        to.parent().childChanged();
        boolean moved = false;
        try (SharedFd oldDirectory = union.directories().upper(from.parent());
                SharedFd newDirectory = union.directories().upper(to.parent())) {
            if (target != null && target.isDirectory() && target.hasUpper() && !isFull) {
                clearWhiteouts(target, newDirectory.fd(), to.name());
            }
            prepare(source, oldDirectory.fd(), from, newDirectory.fd(), to.parent());
            if (target != null) {
                links.copyName(target, to.parent(), to.name());
                links.beforeChange(target);
            }
            boolean leavesWhiteout = remove.isInLowers(from.parent(), from.name());
            if (overWhiteout && (leavesWhiteout || source.isDirectory())) {
                // They change places: a whiteout is wanted there, or a directory can't replace a device.
                Names.rename(oldDirectory.fd(), from.name(), newDirectory.fd(), to.name(), Names.RENAME_EXCHANGE);
                if (!leavesWhiteout) {
                    Names.unlink(oldDirectory.fd(), from.name());
                }
            } else {
                int flag = leavesWhiteout ? Names.RENAME_WHITEOUT : 0;
                Names.rename(oldDirectory.fd(), from.name(), newDirectory.fd(), to.name(), flag);
            }
            moved = true;
        } finally {
            if (!moved && kept != null) {
                kept.close();
            }
        }
        if (target != null) {
            remove.detach(target, to.parent(), to.name(), kept);
            links.removed(target);
        }
        keepLowers(source);
        union.nodes().move(source, from.parent(), from.name(), to.parent(), to.name());
    }

    /** @return false where a name leads elsewhere by now: start again */
    private boolean swapIfUnchanged(Place from, Node source, Place to, Node target) throws ErrnoException {
        if (!leadsTo(from, source) || !leadsTo(to, target)) {
            return false;
        }
        requireNotInside(source, to.parent());
        requireNotInside(target, from.parent());
        if (source == target) {
            return true;
        }
        from.parent().childChanged();
        to.parent().childChanged();
        try (SharedFd oldDirectory = union.directories().upper(from.parent());
                SharedFd newDirectory = union.directories().upper(to.parent())) {
            prepare(source, oldDirectory.fd(), from, newDirectory.fd(), to.parent());
            prepare(target, newDirectory.fd(), to, oldDirectory.fd(), from.parent());
            Names.rename(oldDirectory.fd(), from.name(), newDirectory.fd(), to.name(), Names.RENAME_EXCHANGE);
        }
        keepLowers(source);
        keepLowers(target);
        union.nodes().swap(source, from.parent(), from.name(), target, to.parent(), to.name());
        return true;
    }

    private boolean leadsTo(Place place, Node node) {
        return !place.parent().isDetached() && union.nodes().find(place.parent(), place.name()) == node;
    }

    private static void requireAlive(Node parent) throws ErrnoException {
        if (parent.isDetached()) {
            throw new ErrnoException(Errno.ENOENT, "rename into a removed directory");
        }
    }

    private static void requireNotInside(Node moved, Node parent) throws ErrnoException {
        for (Node at = parent; at != null; ) {
            if (at == moved) {
                throw new ErrnoException(Errno.EINVAL, "rename of a directory into itself");
            }
            Node.Position position = at.position();
            at = position == null ? null : position.parent();
        }
    }

    private static void requireSameKind(Node source, Node target) throws ErrnoException {
        if (source.isDirectory() && !target.isDirectory()) {
            throw new ErrnoException(Errno.ENOTDIR, "rename of a directory over a file");
        }
        if (!source.isDirectory() && target.isDirectory()) {
            throw new ErrnoException(Errno.EISDIR, "rename of a file over a directory");
        }
    }

    private static ErrnoException notEmpty() {
        return new ErrnoException(Errno.ENOTEMPTY, "rename over a directory");
    }

    /** All that has to be true before something moves to another place: the lower layers below the new place don't change what it is. */
    private void prepare(Node moved, Fd directory, Place from, Fd newDirectory, Node newParent) throws ErrnoException {
        links.copyName(moved, from.parent(), from.name());
        if (moved.isDirectory() ? !moved.lowers().isEmpty() : moved.hasDataBelow()) {
            redirects.beforeMove(moved, directory, from.name(), from.parent() == newParent);
        } else if (moved.isDirectory()) {
            hideBelow(directory, from.name(), newParent);
        }
        if (moved.hasOrigin()) {
            union.makeImpure(newParent, newDirectory);
        }
    }

    /** The lower layers keep a directory where it was. */
    private static void keepLowers(Node moved) {
        Node.Position at = moved.position();
        if (moved.isDirectory() && !moved.lowers().isEmpty() && at != null) {
            moved.setLowers(moved.lowers().placed(at.parent(), at.name()));
        }
    }

    /** In a merged directory a moved one could be merged with what other layers have under its new name. */
    private void hideBelow(Fd directory, FileName name, Node newParent) throws ErrnoException {
        if (newParent.isMerged() && Opaque.of(union.xattrs(), directory, name) != Opaque.YES) {
            Xattrs.set(directory, name, union.xattrs().opaque(), new byte[] {'y'}, 0);
        }
    }

    /** The rename would find a directory that shows nothing, but isn't empty. */
    private void clearWhiteouts(Node target, Fd directory, FileName name) throws ErrnoException {
        WorkDirectory work = union.writable();
        try (Fd listed = directory.openAt(name, O.RDONLY | O.DIRECTORY | O.NOFOLLOW)) {
            boolean[] empty = {true};
            DirectoryReader.forEach(listed, (_, _, _) -> empty[0] = false);
            if (empty[0]) {
                return;
            }
            FileName temporary = work.temporaryName();
            Names.makeDirectory(work.fd(), temporary, 0700);
            try (Location fresh = Location.in(work, temporary)) {
                likeTarget(Location.of(listed, true), fresh);
                Names.rename(work.fd(), temporary, directory, name, Names.RENAME_EXCHANGE);
            } finally {
                work.discard(temporary);
            }
        }
        union.directories().forget(target);
    }

    private void likeTarget(Location target, Location fresh) throws ErrnoException {
        Layer upper = union.layer(Layer.UPPER);
        Stat stat = upper.seen(target);
        upper.setOwner(fresh, stat.uid(), stat.gid());
        for (XattrName attribute : target.xattrs()) {
            byte[] value = target.xattr(attribute);
            if (value != null) {
                fresh.setXattr(attribute, value, 0);
            }
        }
        fresh.setXattr(union.xattrs().opaque(), new byte[] {'y'}, 0);
        upper.setMode(fresh, stat.permissions());
        fresh.setTimes(stat.accessed(), stat.modified());
    }
}
