package mille.fuse;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import mille.linux.NativeBuffer;

/**
 * The way from a file system to the kernel: what they agreed on, and notifications, which change what the kernel remembers. Any thread may
 * call it.
 *
 * <p>The kernel takes its own lock of the node or directory concerned while it carries a notification out. Inside a handler that the kernel
 * called with that lock held (of the same directory for names, of the same file for data) that waits for itself: notify from elsewhere.
 *
 * <p>Where a method returns a boolean, false says that the kernel didn't know the name or node, so that there was nothing to do. After the
 * end of the session all throw ENODEV.
 */
public final class FuseConnection {
    private static final int NOTIFY_INVAL_INODE = 2;
    private static final int NOTIFY_INVAL_ENTRY = 3;
    private static final int NOTIFY_STORE = 4;
    private static final int NOTIFY_DELETE = 6;
    private static final int NOTIFY_RESEND = 7;
    private static final int EXPIRE_ONLY = 1;
    private static final int HEADER = Wire.OutHeader.BYTES;

    private final Device device;
    private final Negotiated negotiated;
    private final List<RequestCounters> counters = new CopyOnWriteArrayList<>();

    FuseConnection(Device device, Negotiated negotiated) {
        this.device = device;
        this.negotiated = negotiated;
    }

    public Negotiated negotiated() {
        return negotiated;
    }

    void addCounters(RequestCounters ofWorker) {
        counters.add(ofWorker);
    }

    /** What was asked and answered until now, without the request that is being served. It costs the workers nothing. */
    public SessionStatistics statistics() {
        return SessionStatistics.of(counters);
    }

    Device device() {
        return device;
    }

    /** A name may lead elsewhere, or nowhere, or somewhere where it led nowhere: the kernel looks it up again. */
    public boolean invalidateName(long directory, FileName name) throws ErrnoException {
        return invalidateName(directory, name, 0);
    }

    /** As {@link #invalidateName}, without closing what is mounted or open beneath it (needs HAS_EXPIRE_ONLY). */
    public boolean expireName(long directory, FileName name) throws ErrnoException {
        return invalidateName(directory, name, EXPIRE_ONLY);
    }

    private boolean invalidateName(long directory, FileName name, int flags) throws ErrnoException {
        int length = HEADER + Wire.NotifyInvalEntryOut.BYTES;
        NativeBuffer message = named(length, name);
        message.putLong(HEADER + Wire.NotifyInvalEntryOut.PARENT, directory);
        message.putInt(HEADER + Wire.NotifyInvalEntryOut.NAMELEN, name.bytes().length);
        message.putInt(HEADER + Wire.NotifyInvalEntryOut.FLAGS, flags);
        return send(NOTIFY_INVAL_ENTRY, message, (int) message.sizeBytes());
    }

    /**
     * A name has been removed, by somebody other than a caller of this mount: watchers are told.
     *
     * @throws ErrnoException ENOTEMPTY or EBUSY where the kernel can't let it go
     */
    public boolean deleteName(long directory, long nodeId, FileName name) throws ErrnoException {
        NativeBuffer message = named(HEADER + Wire.NotifyDeleteOut.BYTES, name);
        message.putLong(HEADER + Wire.NotifyDeleteOut.PARENT, directory);
        message.putLong(HEADER + Wire.NotifyDeleteOut.CHILD, nodeId);
        message.putInt(HEADER + Wire.NotifyDeleteOut.NAMELEN, name.bytes().length);
        return send(NOTIFY_DELETE, message, (int) message.sizeBytes());
    }

    private static NativeBuffer named(int nameAt, FileName name) {
        byte[] bytes = name.bytes();
        NativeBuffer message = NativeBuffer.allocate(nameAt + bytes.length + 1L);
        message.putBytes(nameAt, bytes, 0, bytes.length);
        return message;
    }

    /** Attributes and all cached pages of a node may have changed; for a directory, its cached listing. */
    public boolean invalidateNode(long nodeId) throws ErrnoException {
        return invalidateNode(nodeId, 0, 0);
    }

    /** The node's attributes may have changed; cached pages are still good. */
    public boolean invalidateAttributes(long nodeId) throws ErrnoException {
        return invalidateNode(nodeId, -1, 0);
    }

    /**
     * Attributes and part of the data may have changed.
     *
     * @param length 0 for all that follows
     */
    public boolean invalidateNode(long nodeId, long offset, long length) throws ErrnoException {
        NativeBuffer message = NativeBuffer.allocate(HEADER + Wire.NotifyInvalInodeOut.BYTES);
        message.putLong(HEADER + Wire.NotifyInvalInodeOut.INO, nodeId);
        message.putLong(HEADER + Wire.NotifyInvalInodeOut.OFF, offset);
        message.putLong(HEADER + Wire.NotifyInvalInodeOut.LEN, length);
        return send(NOTIFY_INVAL_INODE, message, (int) message.sizeBytes());
    }

    /** Memory for data that is pushed into the kernel's page cache, to be used again and again by one thread at a time. */
    public static final class StoreBuffer {
        private static final int DATA = HEADER + Wire.NotifyStoreOut.BYTES;

        private final NativeBuffer message;
        private final NativeBuffer data;

        public StoreBuffer(int capacityBytes) {
            this.message = NativeBuffer.map(DATA + (long) capacityBytes);
            this.data = message.slice(DATA, capacityBytes);
        }

        /** Where the data goes before {@link FuseConnection#store}. */
        public NativeBuffer data() {
            return data;
        }
    }

    /**
     * Puts data into the page cache of a node, which grows where the data ends beyond it. It replaces what is cached there: push only what
     * nobody can be writing to meanwhile.
     *
     * @param lengthBytes how many of the buffer's first bytes
     */
    public boolean store(long nodeId, long offset, StoreBuffer buffer, int lengthBytes) throws ErrnoException {
        NativeBuffer message = buffer.message;
        message.putLong(HEADER + Wire.NotifyStoreOut.NODEID, nodeId);
        message.putLong(HEADER + Wire.NotifyStoreOut.OFFSET, offset);
        message.putInt(HEADER + Wire.NotifyStoreOut.SIZE, lengthBytes);
        message.putInt(HEADER + Wire.NotifyStoreOut.PADDING, 0);
        return send(NOTIFY_STORE, message, StoreBuffer.DATA + lengthBytes);
    }

    /**
     * Has all requests that an earlier server took and didn't answer sent again, marked as such.
     *
     * @throws ErrnoException EINVAL on kernels before 6.9
     */
    void resend() throws ErrnoException {
        send(NOTIFY_RESEND, NativeBuffer.allocate(HEADER), HEADER);
    }

    private boolean send(int code, NativeBuffer message, int length) throws ErrnoException {
        message.putInt(Wire.OutHeader.LEN, length);
        message.putInt(Wire.OutHeader.ERROR, code);
        message.putLong(Wire.OutHeader.UNIQUE, 0); // what tells a notification from a reply
        try {
            device.send(message, length);
            return true;
        } catch (ErrnoException failed) {
            if (failed.errno() == Errno.ENOENT) {
                return false;
            }
            throw failed;
        }
    }
}
