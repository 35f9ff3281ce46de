package mille.overlay;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.FileName;
import mille.linux.FileSystemStat;
import mille.linux.LateLogger;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import org.jspecify.annotations.Nullable;

/**
 * A union of directories, as operations on node ids: what a file server calls for its requests.
 *
 * <h2>Life of a node id</h2>
 *
 * {@link #ROOT_ID} is there from the start. Every {@link Entry} that is returned counts one lookup on its node; the id is good until
 * {@link #forget} has taken all of them back, and is never given to another file. An id that isn't known answers ESTALE.
 *
 * <p>All methods may be called by any thread at any time. What is asked for by name relies on nobody else changing the layers, as the
 * kernel's overlay does.
 */
public final class Overlay implements AutoCloseable {
    public static final long ROOT_ID = NodeTable.ROOT_ID;

    private static final System.Logger LOG = LateLogger.of("mille.overlay");

    private final Union union;
    private final CopyUp copyUp;
    private final Lookup lookup;
    private final MergedDirectory merged;
    private final ExportedFiles exported;
    private final Attributes attributes;
    private final Create create;
    private final Remove remove;
    private final Rename rename;
    private final FileFlags flags;
    private final Closing closing;

    /** Ends what the overlay holds. */
    @FunctionalInterface
    interface Closing {
        void close() throws IOException;
    }

    Overlay(Union union, Closing closing) {
        this.union = union;
        this.closing = closing;
        UnionLinks links = new UnionLinks(union);
        Redirects redirects = new Redirects(union);
        copyUp = new CopyUp(union, links);
        flags = new FileFlags(union, copyUp);
        lookup = new Lookup(union);
        merged = new MergedDirectory(union);
        exported = new ExportedFiles(union, lookup, merged);
        attributes = new Attributes(union, copyUp);
        create = new Create(union, lookup, copyUp, links, redirects);
        Whiteout whiteout = new Whiteout(union);
        remove = new Remove(union, lookup, copyUp, whiteout, merged, links);
        rename = new Rename(union, lookup, copyUp, remove, merged, links, redirects);
    }

    /**
     * Opens the layers. The upper and work directories are this object's alone until it is closed.
     *
     * @throws IOException with one sentence that names the directory that won't do: missing, in use, on another file system
     */
    public static Overlay open(OverlayOptions options) throws IOException {
        return OverlayMount.open(options);
    }

    /** How many nodes are known, the root included. */
    public int nodeCount() {
        return union.nodes().size();
    }

    /** What happened here since it was opened. */
    public OverlayStatistics statistics() {
        return union.counters().statistics(nodeCount());
    }

    /** What a name in a directory leads to; null where there is nothing. */
    public @Nullable Entry lookup(long parentId, FileName name) throws ErrnoException {
        Node parent = directory(parentId);
        parent.askForName();
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().directory(parent).shared()) {
            Lookup.Found found = lookup.find(parent, name);
            return found == null ? null : entry(found.node(), found.stat());
        }
    }

    /** Whether ids mean the same to the next mount, so that {@link #lookupSelf} finds files that nobody knows any more. */
    public boolean isExported() {
        return union.options().has(OverlayOptions.Feature.NFS_EXPORT);
    }

    /**
     * The file of an id that need not be known any more, or yet, where this overlay {@link #isExported}.
     *
     * @throws ErrnoException ESTALE where there is none
     */
    public Entry lookupSelf(long nodeId) throws ErrnoException {
        requireExported();
        Lookup.Found found = exported.find(nodeId);
        return entry(found.node(), found.stat());
    }

    /** The directory that a directory is in; otherwise as {@link #lookupSelf}. */
    public Entry lookupParent(long nodeId) throws ErrnoException {
        requireExported();
        Lookup.Found found = exported.findParent(nodeId);
        return entry(found.node(), found.stat());
    }

    private void requireExported() throws ErrnoException {
        if (!isExported()) {
            throw new ErrnoException(Errno.ESTALE, "nfs_export=off");
        }
    }

    /** Takes lookups back. An id that isn't known is fine. */
    public void forget(long nodeId, long lookups) {
        Node node = union.nodes().get(nodeId);
        if (node != null) {
            lookup.forget(node, lookups);
        }
    }

    public Stat attributes(long nodeId) throws ErrnoException {
        return attributes.get(node(nodeId));
    }

    /**
     * Changes attributes, all that the change names.
     *
     * @param open a file of this node that is open for writing, where the asker has one; else null
     * @return what they are now
     */
    public Stat setAttributes(long nodeId, AttributeChange change, @Nullable OpenFile open) throws ErrnoException {
        requireSettable(node(nodeId), change);
        Fd writable = open == null || open.nodeId() != nodeId ? null : open.writable();
        return attributes.set(node(nodeId), change, writable);
    }

    /** A file that may only grow still takes the clock's time. */
    private void requireSettable(Node node, AttributeChange change) throws ErrnoException {
        boolean more = change.mode() != -1 || change.uid() != -1 || change.gid() != -1 || change.sizeBytes() >= 0;
        if (more || !change.takesClock()) {
            flags.requireChangeable(node);
        } else {
            flags.requireMutable(node);
        }
    }

    /** The target of a symlink, as stored. */
    public byte[] readLink(long nodeId) throws ErrnoException {
        return attributes.readLink(node(nodeId));
    }

    /** A file that was made and opened. */
    public record Created(Entry entry, OpenFile file) {}

    /**
     * Makes a regular file and opens it; one that is there already is opened, unless the flags hold {@code O_EXCL}.
     *
     * @param mode permission bits, before any umask
     * @param flags of {@link O}
     */
    public Created create(long parentId, FileName name, int mode, int flags, Caller caller) throws ErrnoException {
        Node parent = directory(parentId);
        int access = openFlags(flags);
        Create.Made made;
        try {
            this.flags.requireMutable(parent);
            made = create.make(
                    parent, name, new NewFile.Regular(Stat.S_IFREG | (mode & 07777), access), stored(caller));
        } catch (ErrnoException e) {
            boolean mayBeThere = e.errno() == Errno.EEXIST || e.errno() == Errno.EPERM;
            Entry there = mayBeThere && (flags & O.EXCL) == 0 ? lookup(parentId, name) : null;
            if (there == null) {
                throw e;
            }
            return openThere(there, flags);
        }
        return created(made, access);
    }

    /** What is there may be truncated as it is opened, so that only then its attributes are what they are. */
    private Created openThere(Entry there, int flags) throws ErrnoException {
        OpenFile file = null;
        boolean complete = false;
        try {
            file = open(there.nodeId(), flags);
            Created opened = new Created(new Entry(there.nodeId(), attributes(there.nodeId())), file);
            complete = true;
            return opened;
        } finally {
            if (!complete) {
                if (file != null) {
                    file.close();
                }
                forget(there.nodeId(), 1);
            }
        }
    }

    /** Makes a regular file without a name ({@code O_TMPFILE}) and opens it. {@link #link} gives it one. */
    public Created createNameless(long parentId, int mode, int flags, Caller caller) throws ErrnoException {
        int access = openFlags(flags);
        this.flags.requireMutable(directory(parentId));
        return created(create.makeNameless(directory(parentId), mode, access, stored(caller)), access);
    }

    private Created created(Create.Made made, int access) throws ErrnoException {
        Fd file = Objects.requireNonNull(made.file());
        return new Created(
                entry(made.node(), made.stat()), new OpenFile(union, attributes, made.node(), access, file, true));
    }

    public Entry makeDirectory(long parentId, FileName name, int mode, Caller caller) throws ErrnoException {
        return make(parentId, name, new NewFile.Directory(Stat.S_IFDIR | (mode & 07777)), caller);
    }

    /**
     * Makes a device, a fifo, a socket or a regular file.
     *
     * @param mode type and permission bits
     * @param device as {@link Stat#makeDevice} packs it
     * @throws ErrnoException EPERM for the 0:0 character device, which is a whiteout
     */
    public Entry makeNode(long parentId, FileName name, int mode, long device, Caller caller) throws ErrnoException {
        return make(parentId, name, new NewFile.Special(mode, device), caller);
    }

    public Entry makeSymlink(long parentId, FileName name, byte[] target, Caller caller) throws ErrnoException {
        return make(parentId, name, new NewFile.Symlink(target), caller);
    }

    private Entry make(long parentId, FileName name, NewFile file, Caller caller) throws ErrnoException {
        flags.requireMutable(directory(parentId));
        Create.Made made = create.make(directory(parentId), name, file, stored(caller));
        return entry(made.node(), made.stat());
    }

    /** Gives a file one more name. */
    public Entry link(long nodeId, long parentId, FileName name) throws ErrnoException {
        flags.requireChangeable(node(nodeId));
        flags.requireMutable(directory(parentId));
        Create.Made made = create.link(node(nodeId), directory(parentId), name);
        return entry(made.node(), made.stat());
    }

    public void unlink(long parentId, FileName name) throws ErrnoException {
        requireRemovable(directory(parentId), name);
        remove.unlink(directory(parentId), name);
    }

    public void removeDirectory(long parentId, FileName name) throws ErrnoException {
        requireRemovable(directory(parentId), name);
        remove.removeDirectory(directory(parentId), name);
    }

    /**
     * Moves a name, or swaps two.
     *
     * @param flags 0, {@link Names#RENAME_NOREPLACE} or {@link Names#RENAME_EXCHANGE}
     */
    public void rename(long oldParentId, FileName oldName, long newParentId, FileName newName, int flags)
            throws ErrnoException {
        requireRemovable(directory(oldParentId), oldName);
        this.flags.requireMutable(directory(newParentId));
        if ((flags & Names.RENAME_NOREPLACE) == 0) {
            requireReplaceable(directory(newParentId), newName);
        }
        rename.rename(directory(oldParentId), oldName, directory(newParentId), newName, flags);
    }

    private void requireRemovable(Node parent, FileName name) throws ErrnoException {
        flags.requireChangeable(parent);
        requireReplaceable(parent, name);
    }

    /** Who asks us to take a name away has had it looked up; one that nobody knows isn't there, or was never protected in our sight. */
    private void requireReplaceable(Node parent, FileName name) throws ErrnoException {
        Node node = union.nodes().findAndRetain(parent, name);
        if (node != null) {
            try {
                if (!node.isDetached()) {
                    flags.requireChangeable(node);
                }
            } finally {
                lookup.forget(node, 1);
            }
        }
    }

    /**
     * Opens a regular file; for writing, it is copied up first.
     *
     * @param flags of {@link O}; {@code O_TRUNC} truncates
     * @throws ErrnoException EROFS for writing where there is no upper layer
     */
    public OpenFile open(long nodeId, int flags) throws ErrnoException {
        prepareOpen(nodeId, flags);
        Node node = node(nodeId);
        int access = openFlags(flags) | (flags & O.TRUNC);
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location at = union.locateData(node)) {
            boolean traceless =
                    !at.isUpper() || (flags & O.NOATIME) != 0 || union.options().has(OverlayOptions.Feature.NOATIME);
            Fd file = traceless ? openTraceless(at, access) : at.open(access);
            return new OpenFile(union, attributes, node, access & ~O.TRUNC, file, at.isUpper());
        }
    }

    /**
     * Does what may take long of an {@link #open}: copies a file up that is to be opened for writing.
     *
     * @param flags of {@link O}
     * @throws ErrnoException EROFS for writing where there is no upper layer
     */
    public void prepareOpen(long nodeId, int flags) throws ErrnoException {
        this.flags.requireOpen(node(nodeId), flags);
        if ((flags & O.ACCMODE) != O.RDONLY || (flags & O.TRUNC) != 0) {
            copyUp.ensure(node(nodeId), (flags & O.TRUNC) != 0 ? CopyUp.Data.LEFT_BEHIND : CopyUp.Data.COPIED);
            union.writable();
        }
    }

    /**
     * Lets a file's names lead to a new node from the next {@link #lookup} on. Users of this id keep the file as it is; what they ask of it
     * is answered as for a file that was unlinked, and what happens to it by its new id they aren't told ({@link #isSuperseded}).
     */
    public void supersede(long nodeId) throws ErrnoException {
        Node node = node(nodeId);
        try (var _ = union.locks().rename().exclusive()) {
            if (node.isDetached() || node.isDirectory()) {
                return;
            }
            Fd kept;
            try (Location at = union.locate(node)) {
                kept = at.open(O.PATH);
            }
            union.nodes().removeNames(node);
            node.setOrphan(kept);
            node.supersede();
        }
    }

    /** Whether {@link #supersede} gave the node's names to another one, so that what is known of it may change unseen. */
    public boolean isSuperseded(long nodeId) {
        Node node = union.nodes().get(nodeId);
        return node != null && node.isSuperseded();
    }

    /** Whether a node is a file of lower layers alone whose data may be in a cache of whoever is above us ({@link OpenFile#setCachedAbove}). */
    public boolean isLowerFileCachedAbove(long nodeId) {
        Node node = union.nodes().get(nodeId);
        return node != null && node.isRegular() && node.isCachedAbove() && !node.hasUpper();
    }

    /** Reading leaves no stamp, where we may say so. */
    private static Fd openTraceless(Location at, int access) throws ErrnoException {
        try {
            return at.open(access | O.NOATIME);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPERM) {
                return at.open(access);
            }
            throw e;
        }
    }

    /** Offsets come with each write, so no descriptor of a layer is opened to append; caching is the business of whoever is above us. */
    private static int openFlags(int flags) {
        return flags & (O.ACCMODE | O.DSYNC | O.SYNC | O.LARGEFILE);
    }

    public OpenDirectory openDirectory(long nodeId) throws ErrnoException {
        return new OpenDirectory(this, directory(nodeId));
    }

    Listing list(Node directory) throws ErrnoException {
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().directory(directory).shared()) {
            return merged.list(directory);
        }
    }

    /** What is done while names in a directory stay as they are. */
    @FunctionalInterface
    interface Looking {
        void look() throws ErrnoException;
    }

    /** Looks names up that were listed, with {@link #lookupListed} and {@link #shownInode}; neither may be called but in there. */
    void lookInto(Node directory, Looking looking) throws ErrnoException {
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().directory(directory).shared()) {
            looking.look();
        }
    }

    /**
     * What a listed name leads to, with a lookup counted; null where there is nothing any more. One that can't be looked up doesn't spoil the
     * listing: who asks for it will get the error.
     *
     * @param changes of the directory when it was listed
     */
    @Nullable
    Entry lookupListed(Node directory, Listing.Item item, int changes) {
        try {
            Lookup.Found found = lookup.find(directory, item.name(), item, changes);
            return found == null ? null : entry(found.node(), found.stat());
        } catch (ErrnoException failed) {
            LOG.log(Level.DEBUG, "listed without its node: {0}", failed.getMessage());
            return null;
        }
    }

    /** The number that users see of a listed name. */
    long shownInode(Node directory, Listing.Item item) throws ErrnoException {
        if (item.isNumberedBelow() && lookup.resolve(directory, item.name()) instanceof Sighting.Present present) {
            return present.facts().inode();
        }
        return item.inode();
    }

    long parentInode(Node directory) {
        Node.Position at = directory.position();
        return at == null ? directory.inode() : at.parent().inode();
    }

    /** A directory's entries are on disk when this returns. */
    public void syncDirectory(long nodeId) throws ErrnoException {
        Node directory = directory(nodeId);
        if (!union.isDurable() || !directory.hasUpper()) {
            return;
        }
        try (var _ = union.locks().rename().shared();
                Location at = union.locate(directory);
                Fd listed = at.open(O.RDONLY | O.DIRECTORY)) {
            FileData.sync(listed);
        }
    }

    /** All of the upper layer is on disk when this returns. */
    public void syncFileSystem() throws ErrnoException {
        if (!union.isDurable() || union.options().isReadOnly()) {
            return;
        }
        try (Fd root = union.layer(Layer.UPPER).root().openAt(RelativePath.EMPTY, O.RDONLY | O.DIRECTORY)) {
            FileData.syncFileSystem(root);
        }
    }

    /** The value of an extended attribute; null where there is none, or where it is the overlay's own. */
    public byte @Nullable [] xattr(long nodeId, XattrName name) throws ErrnoException {
        return attributes.xattr(node(nodeId), name);
    }

    /**
     * The names of a file's attributes.
     *
     * @param withTrusted whether the asker may know of {@code trusted.*}
     */
    public List<XattrName> xattrs(long nodeId, boolean withTrusted) throws ErrnoException {
        return attributes.xattrs(node(nodeId), withTrusted);
    }

    /**
     * Sets an extended attribute.
     *
     * @param flags as {@link mille.linux.Xattrs#set} has them
     * @param dropsSetGroupId whether setting it takes the set-group-id bit away, as an access list may
     */
    public void setXattr(long nodeId, XattrName name, byte[] value, int flags, boolean dropsSetGroupId)
            throws ErrnoException {
        this.flags.requireChangeable(node(nodeId));
        attributes.setXattr(node(nodeId), name, value, flags, dropsSetGroupId);
    }

    public void removeXattr(long nodeId, XattrName name) throws ErrnoException {
        flags.requireChangeable(node(nodeId));
        attributes.removeXattr(node(nodeId), name);
    }

    /**
     * Carries out one of the {@code ioctl}s for the flags of {@code chattr(1)}: FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, and their FS_IOC_FSGETXATTR
     * and FS_IOC_FSSETXATTR. Whether the asker may, is for the caller to check.
     *
     * @param argument what a setting command takes; of the right length
     * @return what a getting command answers; empty for a setting one
     * @throws ErrnoException ENOTTY for any other command, and where the layer's file system has no flags
     */
    public byte[] control(long nodeId, int command, byte[] argument) throws ErrnoException {
        Node node = node(nodeId);
        return switch (command) {
            case FileFlags.GET_FLAGS, FileFlags.GET_EXTENDED -> flags.get(node, command);
            case FileFlags.SET_FLAGS, FileFlags.SET_EXTENDED -> flags.set(node, command, argument);
            default -> throw new ErrnoException(Errno.ENOTTY, "ioctl " + Integer.toHexString(command));
        };
    }

    /** The numbers of the file system that changes go to; without an upper layer, of the topmost lower's. */
    public FileSystemStat fileSystemStat() throws ErrnoException {
        return FileSystemStat.of(union.layer(0).root());
    }

    /** The device number of the upper layer or the topmost lower, for who shows one. */
    public long device() {
        return union.layer(0).device();
    }

    private Caller stored(Caller caller) {
        return union.options().owners().stored(caller);
    }

    private Entry entry(Node node, Stat stat) throws ErrnoException {
        return new Entry(node.id(), attributes.shown(node, stat));
    }

    private Node node(long nodeId) throws ErrnoException {
        Node node = union.nodes().get(nodeId);
        if (node == null) {
            throw new ErrnoException(Errno.ESTALE, "node " + nodeId);
        }
        return node;
    }

    private Node directory(long nodeId) throws ErrnoException {
        Node node = node(nodeId);
        if (!node.isDirectory()) {
            throw new ErrnoException(Errno.ENOTDIR, "node " + nodeId);
        }
        return node;
    }

    /** Lets the layers go. What is still open fails from here on. */
    @Override
    public void close() throws IOException {
        closing.close();
    }
}
