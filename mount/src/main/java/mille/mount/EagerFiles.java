package mille.mount;

import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import mille.fuse.BackingFile;
import mille.fuse.Capability;
import mille.fuse.FuseConnection;
import mille.fuse.OpenFlags;
import mille.fuse.Reply;
import mille.fuse.Request;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.LateLogger;
import mille.linux.O;
import mille.linux.Stat;
import mille.overlay.OpenFile;
import mille.overlay.Overlay;
import org.jspecify.annotations.Nullable;

/**
 * Opens each file when the kernel asks, and chooses for each node how its data goes, for as long as anybody has it open:
 *
 * <ul>
 *   <li><b>cached</b>: the kernel keeps what it read in its page cache, also from open to open. The first open of a small file pushes all of
 *       its data there, which saves the READ.
 *   <li><b>passed through</b>: the kernel reads and writes the layer's file by itself, and nothing is in the node's page cache.
 * </ul>
 *
 * <p>The kernel answers EIO where two opens of a node don't agree, so that the first one decides. If a lower file is passed through and
 * copied up meanwhile, its users keep the lower file, as on the kernel's overlay, and who opens it next is sent (ESTALE) to look the name up
 * again, which leads to a new node. Where file handles lead to nodes, each file has to stay one node: no lower file is passed through then.
 */
final class EagerFiles implements OpenFiles {
    private static final System.Logger LOG = LateLogger.of("mille.mount");

    /** Files of up to this size are pushed into the page cache, larger ones passed through. */
    static final int SMALL_BYTES = 128 << 10;

    /** Much longer than RELEASE takes from one worker to the next, and short for a caller. */
    private static final long RELEASE_NANOS = 10_000_000;

    private static final ThreadLocal<FuseConnection.StoreBuffer> STORE_BUFFER =
            ThreadLocal.withInitial(() -> new FuseConnection.StoreBuffer(SMALL_BYTES));

    /** A node that somebody has open. All but the count of users is guarded by itself. */
    private static final class OpenNode {
        /** Opens under way and handles; guarded by the map. */
        int users;

        int handles;

        /** Who waits for the last handle to be closed. */
        int waiting;

        @Nullable
        BackingFile backing;

        boolean isBackedByLower;
    }

    /**
     * What a handle stands for. A lower file whose data the kernel has kept needn't be opened to be read: its handle is without a file until the
     * kernel asks for data after all.
     */
    private final class Handle implements Use {
        private final OpenNode node;
        private final long nodeId;
        private final int flags;

        private volatile @Nullable OpenFile file;

        Handle(OpenNode node, long nodeId, int flags, @Nullable OpenFile file) {
            this.node = node;
            this.nodeId = nodeId;
            this.flags = flags;
            this.file = file;
        }

        @Override
        public OpenFile file() throws ErrnoException {
            OpenFile opened = file;
            return opened == null ? open() : opened;
        }

        private synchronized OpenFile open() throws ErrnoException {
            OpenFile opened = file;
            if (opened == null) {
                opened = overlay.open(nodeId, flags);
                file = opened;
            }
            return opened;
        }

        boolean isOpen() {
            return file != null;
        }

        void letGo() {
            OpenFile opened = file;
            if (opened != null) {
                opened.close();
            }
        }

        @Override
        public void close() {} // the handle keeps the file until RELEASE
    }

    private final Overlay overlay;
    private final Passthrough passthrough;
    private final AccessTimes accessTimes;
    private final OpenCounters counters = new OpenCounters();
    private final HandleTable<Handle> handles = new HandleTable<>();
    private final ConcurrentHashMap<Long, OpenNode> nodes = new ConcurrentHashMap<>();
    private @Nullable FuseConnection connection;
    private volatile boolean canPassThrough;

    EagerFiles(Overlay overlay, Passthrough passthrough, AccessTimes accessTimes) {
        this.overlay = overlay;
        this.passthrough = passthrough;
        this.accessTimes = accessTimes;
    }

    @Override
    public OpenCounters counters() {
        return counters;
    }

    @Override
    public OpenMode mode() {
        return OpenMode.EAGER;
    }

    @Override
    public boolean passesThrough() {
        return canPassThrough;
    }

    @Override
    public void connected(FuseConnection connected) throws ErrnoException {
        connection = connected;
        canPassThrough =
                passthrough != Passthrough.OFF && connected.negotiated().has(Capability.PASSTHROUGH);
        if (passthrough == Passthrough.ON && !canPassThrough) {
            throw new ErrnoException(Errno.EOPNOTSUPP, "this kernel passes nothing through");
        }
    }

    private FuseConnection connection() {
        FuseConnection known = connection;
        if (known == null) {
            throw new IllegalStateException("not connected");
        }
        return known;
    }

    @Override
    public void open(Request.Open request, Reply.Open reply) throws ErrnoException {
        long nodeId = request.nodeId();
        int flags = request.flags();
        overlay.prepareOpen(nodeId, flags); // which may copy a large file: nobody is to wait for that
        open(request, nodeId, flags, null, reply);
    }

    @Override
    public int flagsToCreate(int flags) {
        return flags;
    }

    @Override
    public void created(Request.Create request, Overlay.Created created, Reply.Created reply) throws ErrnoException {
        open(request, created.entry().nodeId(), request.flags(), created, reply);
    }

    /** @param created where it was opened as it was made; its file is taken over */
    private void open(Request request, long nodeId, int flags, Overlay.@Nullable Created created, Reply.Open reply)
            throws ErrnoException {
        OpenNode node = enter(nodeId);
        OpenFile file = created == null ? null : created.file();
        Stat known = created == null ? null : created.entry().stat();
        boolean opened = false;
        try {
            synchronized (node) {
                boolean pushed = false;
                if (file != null || !isInPageCache(node, nodeId, flags)) {
                    file = file == null ? overlay.open(nodeId, flags) : file;
                    pushed = choose(nodeId, node, file, known, request.uid() == 0);
                }
                answer(reply, handles.add(new Handle(node, nodeId, flags, file)), node.backing);
                node.handles++;
                counters.opened(kind(node, pushed));
                opened = true;
            }
        } finally {
            if (!opened) {
                if (file != null) {
                    file.close();
                }
                leave(nodeId);
            }
        }
    }

    /** Whether the data of a lower file may be where its users will look for it. The caller holds the node. */
    private boolean isInPageCache(OpenNode node, long nodeId, int flags) {
        boolean reads = (flags & O.ACCMODE) == O.RDONLY && (flags & O.TRUNC) == 0;
        return reads && node.backing == null && overlay.isLowerFileCachedAbove(nodeId);
    }

    private static void answer(Reply.Open reply, long handle, @Nullable BackingFile backing) {
        if (backing == null) {
            reply.opened(handle, OpenFlags.KEEP_CACHE);
        } else {
            reply.passedThrough(handle, 0, backing);
        }
    }

    private static OpenCounters.Kind kind(OpenNode node, boolean pushed) {
        if (node.backing != null) {
            return OpenCounters.Kind.PASSED_THROUGH;
        }
        return pushed ? OpenCounters.Kind.PUSHED : OpenCounters.Kind.CACHED;
    }

    private OpenNode enter(long nodeId) {
        return nodes.compute(nodeId, (_, known) -> {
            OpenNode node = known == null ? new OpenNode() : known;
            node.users++;
            return node;
        });
    }

    private void leave(long nodeId) {
        nodes.computeIfPresent(nodeId, (_, node) -> {
            if (--node.users > 0) {
                return node;
            }
            endPassing(node);
            return null;
        });
    }

    private static void endPassing(OpenNode node) {
        BackingFile backing = node.backing;
        node.backing = null;
        if (backing != null) {
            try {
                backing.close();
            } catch (ErrnoException failed) {
                LOG.log(Level.DEBUG, "a backing file was forgotten before", failed);
            }
        }
    }

    /**
     * The caller holds the node.
     *
     * @param known the file's attributes, where it was made just now
     * @return whether the file's data is in the page cache now
     */
    private boolean choose(long nodeId, OpenNode node, OpenFile file, @Nullable Stat known, boolean isRoot)
            throws ErrnoException {
        if (node.backing != null && file.isWritable() && !isRoot) {
            awaitRelease(node);
        }
        if (node.handles > 0) {
            if (node.backing != null && node.isBackedByLower && file.startedInUpper()) {
                overlay.supersede(nodeId);
                connection().invalidateAttributes(nodeId);
                throw new ErrnoException(Errno.ESTALE, "a lower file that is passed through was copied up");
            }
            return false;
        }
        boolean isCached = file.isCachedAbove();
        boolean toPush = !isCached && !file.isWritable();
        if (!canPassThrough && !toPush && accessTimes != AccessTimes.STRICT) {
            file.setCachedAbove(true);
            return false;
        }
        Stat stat = known == null ? file.stat() : known;
        node.backing = canPassThrough && isToPass(file, stat, isRoot) ? backing(file) : null;
        if (node.backing != null) {
            node.isBackedByLower = !file.startedInUpper();
            if (isCached) {
                connection().invalidateNode(nodeId); // nobody would keep those pages up to date
                file.setCachedAbove(false);
            }
            return false;
        }
        file.setCachedAbove(true);
        boolean pushed = toPush
                && stat.sizeBytes() > 0
                && stat.sizeBytes() <= SMALL_BYTES
                && push(nodeId, file, (int) stat.sizeBytes());
        if (!file.isWritable() && isToStamp(file, stat)) {
            stamp(nodeId, file, stat);
        }
        return pushed;
    }

    /** Whether reading it now would leave a stamp. */
    private boolean isToStamp(OpenFile file, Stat stat) {
        if (!file.startedInUpper()) {
            return false;
        }
        return switch (accessTimes) {
            case NEVER -> false;
            case RELATIVE -> stat.accessed().compareTo(later(stat.modified(), stat.changed())) <= 0;
            case STRICT -> true;
        };
    }

    private static Stat.Time later(Stat.Time one, Stat.Time other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Reads a little for the user who will find all of it in the page cache; the kernel, which doesn't hear of the stamp, is told. */
    private void stamp(long nodeId, OpenFile file, Stat before) throws ErrnoException {
        file.read(STORE_BUFFER.get().data(), 1, 0);
        if (!file.stat().accessed().equals(before.accessed())) {
            connection().invalidateAttributes(nodeId);
        }
    }

    /**
     * The last handle may have been closed already, as RELEASE is overtaken by requests that came after it. Where it is still open, this open
     * is passed through too.
     */
    private static void awaitRelease(OpenNode node) {
        long end = System.nanoTime() + RELEASE_NANOS;
        node.waiting++;
        try {
            for (long left = RELEASE_NANOS; node.handles > 0 && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(node, left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            node.waiting--;
        }
    }

    /**
     * A write takes set-id bits away unless root does it. We see to that, but see no writes that are passed through; so only root's are, and
     * none to files that have such bits.
     */
    private boolean isToPass(OpenFile file, Stat stat, boolean isRoot) {
        boolean mayBeSuperseded = !file.startedInUpper() && overlay.isExported();
        if (mayBeSuperseded || (stat.permissions() & (Stat.S_ISUID | Stat.S_ISGID)) != 0) {
            return false;
        }
        if (file.isWritable()) {
            return isRoot;
        }
        boolean everyReadCounts = accessTimes == AccessTimes.STRICT && file.startedInUpper();
        return everyReadCounts || stat.sizeBytes() > SMALL_BYTES || passthrough == Passthrough.ON;
    }

    /** Null where it isn't possible. */
    private @Nullable BackingFile backing(OpenFile file) throws ErrnoException {
        try {
            return BackingFile.open(connection(), file.descriptor());
        } catch (ErrnoException failed) {
            if (passthrough == Passthrough.ON) {
                throw failed;
            }
            if (failed.errno() == Errno.EPERM) {
                canPassThrough = false; // our rights will not grow
            }
            return null;
        }
    }

    /**
     * Puts all data of a small file into the page cache. The caller holds the node, which nobody has open: so nobody writes to it, and nobody
     * waits for its pages.
     *
     * @return whether it is there now
     */
    private boolean push(long nodeId, OpenFile file, int sizeBytes) {
        FuseConnection.StoreBuffer buffer = STORE_BUFFER.get();
        try {
            return file.readSteadily(buffer.data(), sizeBytes, bytes -> {
                connection().store(nodeId, 0, buffer, bytes);
                counters.pushed(bytes);
            });
        } catch (ErrnoException failed) {
            LOG.log(Level.DEBUG, "the kernel will ask for what could not be pushed", failed);
            return false;
        }
    }

    @Override
    public Use use(long nodeId, long handle, boolean writes) throws ErrnoException {
        return handles.get(handle);
    }

    @Override
    public @Nullable Use useIfOpen(long nodeId, long handle) throws ErrnoException {
        Handle known = handles.get(handle);
        return known.isOpen() ? known : null;
    }

    @Override
    public void release(long nodeId, long handle) throws ErrnoException {
        Handle released = handles.remove(handle);
        synchronized (released.node) {
            if (--released.node.handles == 0) {
                endPassing(released.node);
                if (released.node.waiting > 0) {
                    released.node.notifyAll();
                }
            }
        }
        released.letGo();
        leave(nodeId);
    }

    @Override
    public void forget(long nodeId) {} // handles have a life of their own

    @Override
    public void close() throws ErrnoException {
        for (Handle left = handles.removeAny(); left != null; left = handles.removeAny()) {
            left.letGo();
        }
    }
}
