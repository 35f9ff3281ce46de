package mille.mount;

import mille.fuse.FuseConnection;
import mille.fuse.Reply;
import mille.fuse.Request;
import mille.linux.ErrnoException;
import mille.overlay.OpenFile;
import mille.overlay.Overlay;
import org.jspecify.annotations.Nullable;

/** How files are opened for the kernel, and found again when it asks something of an open one. */
interface OpenFiles {
    /**
     * An open file, which stays open at least until this is closed.
     */
    interface Use extends AutoCloseable {
        /**
         * @throws ErrnoException where it has to be opened now, and can't be
         */
        OpenFile file() throws ErrnoException;

        @Override
        void close();
    }

    OpenCounters counters();

    OpenMode mode();

    /** Whether the kernel may read and write layers' files by itself. */
    boolean passesThrough();

    /** Called before all else. */
    void connected(FuseConnection connection) throws ErrnoException;

    void open(Request.Open request, Reply.Open reply) throws ErrnoException;

    /** The flags to make a file with when the caller asked for these. */
    int flagsToCreate(int flags);

    /** Answers the second half of CREATE; takes the file over. */
    void created(Request.Create request, Overlay.Created created, Reply.Created reply) throws ErrnoException;

    /**
     * The file that a request means.
     *
     * @param writes whether it is to be changed
     * @throws ErrnoException EBADF where there is no such file
     */
    Use use(long nodeId, long handle, boolean writes) throws ErrnoException;

    /** The same, where the request may mean no open file at all: then null. */
    @Nullable
    Use useIfOpen(long nodeId, long handle) throws ErrnoException;

    void release(long nodeId, long handle) throws ErrnoException;

    /** The kernel may not name the node again. */
    void forget(long nodeId);

    /** Closes all that is left. */
    void close() throws ErrnoException;
}
