package mille.overlay;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/**
 * A file that somebody has open. One that was opened to read from a lower layer goes on in the upper as soon as the file is copied up, so
 * that all who have a file open see the same data.
 */
public final class OpenFile implements AutoCloseable {
    private final Union union;
    private final Attributes attributes;
    private final Node node;
    private final int flags;

    /** Where it was opened. */
    private final Fd first;

    /** Set when {@link #first} was of a lower layer and the file was copied up since. */
    private volatile @Nullable Fd inUpper;

    private final boolean startedInUpper;

    /** Takes the descriptor over. */
    OpenFile(Union union, Attributes attributes, Node node, int flags, Fd file, boolean upper) {
        this.union = union;
        this.attributes = attributes;
        this.node = node;
        this.flags = flags;
        this.first = file;
        this.startedInUpper = upper;
    }

    /** The node that was opened. */
    public long nodeId() {
        return node.id();
    }

    /** Whether the descriptor that it began with is of the upper layer. */
    public boolean startedInUpper() {
        return startedInUpper;
    }

    /** What the layer's file says of itself now. */
    public Stat stat() throws ErrnoException {
        Fd file = descriptor();
        return union.stat(node, Location.of(file, node.hasUpper()));
    }

    /** What {@link #setCachedAbove} said last of this node, by any open file; false at first. */
    public boolean isCachedAbove() {
        return node.isCachedAbove();
    }

    /** Notes whether the node's data may be in a cache of whoever is above us. It means nothing to the overlay. */
    public void setCachedAbove(boolean cached) {
        node.setCachedAbove(cached);
    }

    /** Takes what was read, which is true until it returns. */
    @FunctionalInterface
    public interface SteadyReader {
        /**
         * @param bytes how many of the buffer's first bytes hold the file's data
         */
        void accept(int bytes) throws ErrnoException;
    }

    /**
     * Reads from the file's start while no copy-up and no change of its size can get in between. Writes through open files can: call this
     * where there are none.
     *
     * @return false where the file has moved to the upper layer since it was opened; nothing was read then
     */
    public boolean readSteadily(NativeBuffer into, int length, SteadyReader reader) throws ErrnoException {
        try (var _ = union.locks().node(node).shared()) {
            if (!startedInUpper && node.hasUpperData()) {
                return false;
            }
            reader.accept(readWhole(first, into, length, 0));
            return true;
        }
    }

    /** The descriptor of the layer's file as it is now; it stays open until this is closed. */
    public Fd descriptor() throws ErrnoException {
        if (startedInUpper || !node.hasUpperData()) {
            return first;
        }
        Fd now = inUpper;
        return now == null ? reopen() : now;
    }

    private synchronized Fd reopen() throws ErrnoException {
        Fd now = inUpper;
        if (now == null) {
            try (var _ = union.locks().rename().shared();
                    var _ = union.locks().node(node).shared();
                    Location at = union.locate(node)) {
                now = at.open(flags);
            }
            inUpper = now;
        }
        return now;
    }

    /**
     * Reads at an offset into the buffer's start.
     *
     * @return the bytes read, fewer than asked only at end of file
     * @throws ErrnoException EISDIR, EIO
     */
    public int read(NativeBuffer into, int length, long offset) throws ErrnoException {
        return readWhole(descriptor(), into, length, offset);
    }

    private static int readWhole(Fd file, NativeBuffer into, int length, long offset) throws ErrnoException {
        int got = 0;
        while (got < length) {
            int more =
                    FileData.readAt(file, got == 0 ? into : into.slice(got, length - got), length - got, offset + got);
            if (more == 0) {
                break;
            }
            got += more;
        }
        return got;
    }

    /**
     * Writes the buffer's start at an offset.
     *
     * @return the bytes written, fewer than asked only where something is in the way that the next write will report
     * @throws ErrnoException EBADF where it isn't open for writing; ENOSPC, EDQUOT, EFBIG, EIO
     */
    public int write(NativeBuffer from, int length, long offset) throws ErrnoException {
        requireWritable();
        return FileData.writeAt(first, from, length, offset);
    }

    /**
     * Takes set-id bits away, as a change by somebody without privilege does; the layer's file system doesn't, as we have privilege.
     *
     * @return whether there were any
     */
    public boolean dropSetIds() throws ErrnoException {
        return attributes.dropSetIds(node);
    }

    private void requireWritable() throws ErrnoException {
        if (!isWritable()) {
            throw new ErrnoException(Errno.EBADF, "write to a file that is open to read");
        }
    }

    /** What was written is on disk when this returns; nothing happens where the overlay is volatile, or nothing was written. */
    public void sync(boolean dataOnly) throws ErrnoException {
        if (!union.isDurable() || !node.hasUpper()) {
            return;
        }
        if (dataOnly) {
            FileData.syncData(descriptor());
        } else {
            FileData.sync(descriptor());
        }
    }

    /**
     * {@code fallocate(2)}.
     *
     * @param mode {@code FALLOC_FL_*} bits
     */
    public void allocate(int mode, long offset, long length) throws ErrnoException {
        requireWritable();
        FileData.allocate(first, mode, offset, length);
    }

    /**
     * Finds data or a hole.
     *
     * @param whence {@link FileData#SEEK_DATA} or {@link FileData#SEEK_HOLE}
     * @throws ErrnoException ENXIO past the end
     */
    public long seek(long offset, int whence) throws ErrnoException {
        return FileData.seek(descriptor(), offset, whence);
    }

    /**
     * Copies to another open file within the kernel.
     *
     * @return bytes copied, which may be fewer than asked
     */
    public long copyTo(OpenFile target, long offset, long targetOffset, long length) throws ErrnoException {
        target.requireWritable();
        return FileData.copyRange(descriptor(), offset, target.first, targetOffset, length);
    }

    public boolean isWritable() {
        return (flags & O.ACCMODE) != O.RDONLY;
    }

    /** The descriptor for changes; null where this is open to read only. */
    @Nullable
    Fd writable() {
        return isWritable() ? first : null;
    }

    @Override
    public void close() {
        first.close();
        Fd now = inUpper;
        if (now != null) {
            now.close();
        }
    }
}
