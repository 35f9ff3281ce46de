package mille.mount;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import mille.fuse.DirectoryReply;
import mille.fuse.EntryFields;
import mille.fuse.FileRequest;
import mille.fuse.FuseConnection;
import mille.fuse.FuseFileSystem;
import mille.fuse.Reply;
import mille.fuse.Request;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import mille.linux.LateLogger;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.overlay.AttributeChange;
import mille.overlay.Caller;
import mille.overlay.Entry;
import mille.overlay.OpenDirectory;
import mille.overlay.OpenFile;
import mille.overlay.Overlay;
import org.jspecify.annotations.Nullable;

/**
 * Translates FUSE requests into calls of an {@link Overlay}: node ids are the same on both sides, handles stand for open files.
 *
 * <p>Nobody but this mount changes what it shows, so the kernel may remember all of it until it is told otherwise: names (also those that
 * lead nowhere), attributes, listings, data. What the kernel itself asks us to change, it forgets by itself.
 */
final class OverlayFileSystem implements FuseFileSystem {
    private static final System.Logger LOG = LateLogger.of("mille.mount");

    /**
     * Of the root alone: what {@link #statistics} says. The kernel lets none but administrators (CAP_SYS_ADMIN) ask for {@code trusted.*}; no
     * layer hears of it.
     */
    private static final XattrName STATISTICS = XattrName.of(MountedOverlay.STATISTICS_XATTR);

    private final Overlay overlay;
    private final FuseOptions options;
    private final OpenFiles files;
    private @Nullable FuseConnection connection;
    private final AccessTimes accessTimes;
    private final ReadDirectories directories;
    private final FreedMemory memory;
    private final long beganAt = System.nanoTime();

    /** Takes the overlay over: it is closed when the mount ends. */
    OverlayFileSystem(Overlay overlay, OpenFiles files, FuseOptions options, AccessTimes accessTimes) {
        this.overlay = overlay;
        this.directories = new ReadDirectories(overlay);
        this.memory = new FreedMemory(overlay::nodeCount, System::gc);
        this.files = files;
        this.options = options;
        this.accessTimes = accessTimes;
    }

    @Override
    public void connected(FuseConnection connection) throws ErrnoException {
        this.connection = connection;
        files.connected(connection);
        memory.start();
    }

    @Override
    public void disconnected() {
        memory.close();
        try {
            files.close();
            overlay.close();
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "an overlay did not close cleanly: {0}", failed.getMessage());
        }
    }

    /** The mount's figures, as JSON; at any time but before the connection is there. */
    String statistics() {
        FuseConnection known = connection;
        if (known == null) {
            throw new IllegalStateException("not connected");
        }
        return StatisticsDocument.of(known, files, overlay.statistics(), System.nanoTime() - beganAt);
    }

    private static boolean isStatistics(Request request, XattrName name) {
        return request.nodeId() == Overlay.ROOT_ID && name.equals(STATISTICS);
    }

    private static void requireChangeable(Request request, XattrName name) throws ErrnoException {
        if (isStatistics(request, name)) {
            throw new ErrnoException(Errno.EPERM, "change statistics");
        }
    }

    private static Caller callerOf(Request request, int umask) {
        return new Caller(request.uid(), request.gid(), umask);
    }

    private void put(EntryFields fields, Entry entry) {
        fields.node(entry.nodeId(), 0).validFor(options.validNanos(), options.validNanos());
        fields.attributes().of(entry.stat());
    }

    private void put(Request request, Reply.Attributes reply, Stat stat) {
        reply.attributes(validity(request)).of(stat);
    }

    private long validity(Request request) {
        return overlay.isSuperseded(request.nodeId()) ? 0 : options.validNanos();
    }

    @Override
    public void lookup(Request.Named request, Reply.Entry reply) throws ErrnoException {
        Entry entry = overlay.lookup(request.nodeId(), request.name());
        if (entry == null) {
            reply.absent(options.validNanos());
        } else {
            put(reply.entry(), entry);
        }
    }

    @Override
    public void lookupSelf(Request request, Reply.Entry reply) throws ErrnoException {
        put(reply.entry(), overlay.lookupSelf(request.nodeId()));
    }

    @Override
    public void lookupParent(Request request, Reply.Entry reply) throws ErrnoException {
        put(reply.entry(), overlay.lookupParent(request.nodeId()));
    }

    @Override
    public void forget(long nodeId, long lookups) {
        files.forget(nodeId);
        directories.drop(nodeId);
        overlay.forget(nodeId, lookups);
    }

    @Override
    public void getAttributes(Request.AttributeQuery request, Reply.Attributes reply) throws ErrnoException {
        put(request, reply, overlay.attributes(request.nodeId()));
    }

    @Override
    public void statx(Request.AttributeQuery request, Reply.Statx reply) throws ErrnoException {
        Stat stat = overlay.attributes(request.nodeId());
        reply.put(stat, stat.inode(), validity(request));
    }

    @Override
    public void setAttributes(Request.SetAttributes request, Reply.Attributes reply) throws ErrnoException {
        AttributeChange change = new AttributeChange(
                request.permissions(),
                request.newUid(),
                request.newGid(),
                request.sizeBytes(),
                request.accessed(),
                request.modified(),
                request.killsPrivileges());
        try (OpenFiles.Use use = request.hasHandle() ? files.useIfOpen(request.nodeId(), request.handle()) : null) {
            put(request, reply, overlay.setAttributes(request.nodeId(), change, use == null ? null : use.file()));
        }
    }

    @Override
    public void readLink(Request request, Reply.Data reply) throws ErrnoException {
        reply.put(overlay.readLink(request.nodeId()));
    }

    @Override
    public void symlink(Request.Symlink request, Reply.Entry reply) throws ErrnoException {
        put(
                reply.entry(),
                overlay.makeSymlink(request.nodeId(), request.name(), request.target(), callerOf(request, 0)));
    }

    @Override
    public void makeNode(Request.MakeNode request, Reply.Entry reply) throws ErrnoException {
        put(
                reply.entry(),
                overlay.makeNode(
                        request.nodeId(),
                        request.name(),
                        request.mode(),
                        request.device(),
                        callerOf(request, request.umask())));
    }

    @Override
    public void makeDirectory(Request.MakeDirectory request, Reply.Entry reply) throws ErrnoException {
        put(
                reply.entry(),
                overlay.makeDirectory(
                        request.nodeId(), request.name(), request.mode(), callerOf(request, request.umask())));
    }

    @Override
    public void unlink(Request.Named request, Reply reply) throws ErrnoException {
        overlay.unlink(request.nodeId(), request.name());
    }

    @Override
    public void removeDirectory(Request.Named request, Reply reply) throws ErrnoException {
        overlay.removeDirectory(request.nodeId(), request.name());
    }

    @Override
    public void rename(Request.Rename request, Reply reply) throws ErrnoException {
        overlay.rename(request.nodeId(), request.oldName(), request.newDirectory(), request.newName(), request.flags());
    }

    @Override
    public void link(Request.Link request, Reply.Entry reply) throws ErrnoException {
        put(reply.entry(), overlay.link(request.oldNodeId(), request.nodeId(), request.name()));
    }

    @Override
    public void open(Request.Open request, Reply.Open reply) throws ErrnoException {
        files.open(request, reply);
    }

    @Override
    public void create(Request.Create request, Reply.Created reply) throws ErrnoException {
        put(
                request,
                reply,
                overlay.create(
                        request.nodeId(),
                        request.name(),
                        request.mode(),
                        files.flagsToCreate(request.flags()),
                        callerOf(request, request.umask())));
    }

    @Override
    public void createUnnamed(Request.Create request, Reply.Created reply) throws ErrnoException {
        put(
                request,
                reply,
                overlay.createNameless(
                        request.nodeId(),
                        request.mode(),
                        files.flagsToCreate(request.flags()),
                        callerOf(request, request.umask())));
    }

    private void put(Request.Create request, Reply.Created reply, Overlay.Created created) throws ErrnoException {
        put(reply.entry(), created.entry());
        files.created(request, created, reply);
    }

    private OpenFiles.Use use(FileRequest request, boolean writes) throws ErrnoException {
        return files.use(request.nodeId(), request.handle(), writes);
    }

    @Override
    public void read(FileRequest.Read request, Reply.Data reply) throws ErrnoException {
        try (OpenFiles.Use use = use(request, false)) {
            reply.filled(use.file().read(reply.buffer(), request.sizeBytes(), request.offset()));
        }
    }

    @Override
    public void write(FileRequest.Write request, Reply.Written reply) throws ErrnoException {
        try (OpenFiles.Use use = use(request, true)) {
            if (request.killsPrivileges()) {
                dropSetIds(use.file());
            }
            reply.written(use.file().write(request.data(), request.sizeBytes(), request.offset()));
        }
    }

    /** The kernel knows that a write changes times and size, but not that it changes the mode. */
    private void dropSetIds(OpenFile file) throws ErrnoException {
        FuseConnection told = connection;
        if (file.dropSetIds() && told != null) {
            told.invalidateAttributes(file.nodeId());
        }
    }

    @Override
    public void statfs(Request request, Reply.Statfs reply) throws ErrnoException {
        reply.put(overlay.fileSystemStat());
    }

    @Override
    public void release(FileRequest.Release request, Reply reply) throws ErrnoException {
        files.release(request.nodeId(), request.handle());
    }

    @Override
    public void sync(FileRequest.Sync request, Reply reply) throws ErrnoException {
        try (OpenFiles.Use use = use(request, false)) {
            use.file().sync(request.isDataOnly());
        }
    }

    /** The kernel opens directories by itself from now on, and keeps what it has read of them; unless each reading is to leave its stamp. */
    @Override
    public void openDirectory(Request.Open request, Reply.Open reply) {
        if (accessTimes == AccessTimes.STRICT) {
            reply.opened(0, 0);
        } else {
            reply.fail(Errno.ENOSYS);
        }
    }

    @Override
    public void readDirectory(FileRequest.Read request, DirectoryReply reply) throws ErrnoException {
        boolean more = directories
                .get(request.nodeId())
                .read(
                        request.offset(),
                        (name, inode, type, next) ->
                                name == null ? addDots(reply, inode, next) : reply.add(name, inode, next, type));
        if (!more) {
            directories.drop(request.nodeId());
        }
    }

    @Override
    public void readDirectoryPlus(FileRequest.Read request, DirectoryReply.Plus reply) throws ErrnoException {
        boolean more = directories.get(request.nodeId()).readNodes(request.offset(), new OpenDirectory.NodeConsumer() {
            @Override
            public boolean hasRoomFor(FileName name) {
                return reply.hasRoomFor(name);
            }

            @Override
            public boolean accept(@Nullable FileName name, long inode, int type, long next) {
                return name == null ? addDots(reply, inode, next) : reply.add(name, inode, next, type);
            }

            @Override
            public void acceptNode(FileName name, Entry entry, int type, long next) {
                put(reply.addNode(name, entry.stat().inode(), next, type), entry);
            }
        });
        if (!more) {
            directories.drop(request.nodeId());
        }
    }

    private static boolean addDots(DirectoryReply reply, long inode, long next) {
        return next == 1 ? reply.addSelf(inode, next) : reply.addParent(inode, next);
    }

    @Override
    public void syncDirectory(FileRequest.Sync request, Reply reply) throws ErrnoException {
        overlay.syncDirectory(request.nodeId());
    }

    /** The kernel remembers ENOSYS, and answers EOPNOTSUPP by itself from then on. */
    private void requireXattrs() throws ErrnoException {
        if (!options.hasXattrs()) {
            throw new ErrnoException(Errno.ENOSYS, "extended attributes");
        }
    }

    @Override
    public void setXattr(Request.SetXattr request, Reply reply) throws ErrnoException {
        requireXattrs();
        requireChangeable(request, request.name());
        overlay.setXattr(
                request.nodeId(), request.name(), request.value(), request.flags(), request.clearsSetGroupId());
    }

    @Override
    public void getXattr(Request.GetXattr request, Reply.Xattr reply) throws ErrnoException {
        requireXattrs();
        if (isStatistics(request, request.name())) {
            putStatistics(request, reply);
            return;
        }
        byte[] value = overlay.xattr(request.nodeId(), request.name());
        if (value == null) {
            reply.absent();
        } else {
            reply.value(value);
        }
    }

    /** Who asks how long it is gets an answer that will still be true when it asks for the value. */
    private void putStatistics(Request.GetXattr request, Reply.Xattr reply) {
        reply.value(
                request.sizeBytes() == 0
                        ? new byte[XattrName.VALUE_MAX_BYTES]
                        : statistics().getBytes(StandardCharsets.US_ASCII));
    }

    /** The kernel hides {@code trusted.*} from nobody when it asks us, so we do. */
    @Override
    public void listXattrs(Request.GetXattr request, Reply.Xattr reply) throws ErrnoException {
        requireXattrs();
        List<XattrName> all = overlay.xattrs(request.nodeId(), true);
        boolean hides = all.stream().anyMatch(name -> name.startsWith("trusted."))
                && !CallerRights.isAdministrator(request.pid(), request.uid());
        List<XattrName> shown = hides ? overlay.xattrs(request.nodeId(), false) : all;
        // Somebody may have given the layer's directory one of that name.
        reply.names(shown.stream().filter(name -> !isStatistics(request, name)).toList());
    }

    @Override
    public void removeXattr(Request.RemoveXattr request, Reply reply) throws ErrnoException {
        requireXattrs();
        requireChangeable(request, request.name());
        overlay.removeXattr(request.nodeId(), request.name());
    }

    /** The kernel has checked by now who may set what. */
    @Override
    public void ioctl(FileRequest.Ioctl request, Reply.Ioctl reply) throws ErrnoException {
        reply.put(0, overlay.control(request.nodeId(), request.command(), request.input()));
    }

    @Override
    public void allocate(FileRequest.Allocate request, Reply reply) throws ErrnoException {
        try (OpenFiles.Use use = use(request, true)) {
            if (losesSetIds(request)) {
                dropSetIds(use.file());
            }
            use.file().allocate(request.mode(), request.offset(), request.lengthBytes());
        }
    }

    @Override
    public void seek(FileRequest.Seek request, Reply.Position reply) throws ErrnoException {
        try (OpenFiles.Use use = use(request, false)) {
            reply.put(use.file().seek(request.offset(), request.whence()));
        }
    }

    @Override
    public void copyRange(FileRequest.CopyRange request, Reply.Written reply) throws ErrnoException {
        try (OpenFiles.Use from = use(request, false);
                OpenFiles.Use to = files.use(request.toNodeId(), request.toHandle(), true)) {
            if (losesSetIds(request)) {
                dropSetIds(to.file());
            }
            reply.written(from.file().copyTo(to.file(), request.offset(), request.toOffset(), request.lengthBytes()));
        }
    }

    /** These two requests don't say, as WRITE does, whether the caller may keep set-id bits. */
    private static boolean losesSetIds(Request request) {
        return request.uid() != 0;
    }

    @Override
    public void syncFileSystem(Request request, Reply reply) throws ErrnoException {
        overlay.syncFileSystem();
    }
}
