package mille.mount;

import mille.fuse.FuseConnection;
import mille.fuse.OpenFlags;
import mille.fuse.Reply;
import mille.fuse.Request;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.O;
import mille.overlay.Overlay;
import org.jspecify.annotations.Nullable;

/**
 * Tells the kernel not to ask when files are opened. What it does ask, it asks of a node; the files are opened then, and kept open for
 * a while.
 */
final class LazyFiles implements OpenFiles {
    /** Handles aren't used. The kernel says 0 where it has none, and never releases one once it doesn't ask for them any more. */
    private static final long NO_HANDLE = 0;

    private final Overlay overlay;
    private final FileCache files = new FileCache();
    private final OpenCounters counters = new OpenCounters();

    LazyFiles(Overlay overlay) {
        this.overlay = overlay;
    }

    @Override
    public OpenCounters counters() {
        return counters;
    }

    @Override
    public OpenMode mode() {
        return OpenMode.LAZY;
    }

    @Override
    public boolean passesThrough() {
        return false;
    }

    @Override
    public void connected(FuseConnection connection) {}

    @Override
    public void open(Request.Open request, Reply.Open reply) {
        reply.fail(Errno.ENOSYS);
    }

    @Override
    public int flagsToCreate(int flags) {
        return (flags & ~O.ACCMODE) | O.RDWR; // others will read what this caller writes
    }

    @Override
    public void created(Request.Create request, Overlay.Created created, Reply.Created reply) {
        reply.opened(NO_HANDLE, OpenFlags.KEEP_CACHE);
        files.add(created.entry().nodeId(), created.file(), true).close();
        counters.opened(OpenCounters.Kind.LAZY);
    }

    @Override
    public Use use(long nodeId, long handle, boolean writes) throws ErrnoException {
        Use known = files.find(nodeId, writes);
        if (known != null) {
            counters.reused();
            return known;
        }
        Use opened = files.add(nodeId, overlay.open(nodeId, flagsToUse(writes)), writes);
        counters.opened(OpenCounters.Kind.LAZY);
        return opened;
    }

    /** Whether a write is an append isn't known here: an append-only file has to take it. */
    private static int flagsToUse(boolean writes) {
        return writes ? O.RDWR | O.APPEND : O.RDONLY;
    }

    @Override
    public @Nullable Use useIfOpen(long nodeId, long handle) {
        return null;
    }

    @Override
    public void release(long nodeId, long handle) {}

    @Override
    public void forget(long nodeId) {
        files.drop(nodeId);
    }

    @Override
    public void close() {
        files.close();
    }
}
