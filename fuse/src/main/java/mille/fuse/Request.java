package mille.fuse;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.FileAttributes;
import mille.linux.FileName;
import mille.linux.Stat;
import mille.linux.XattrName;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel asks: a view of the message in its worker's buffer, valid until the handler returns. Each kind of request has a
 * subclass for the fields of its own; one without any, such as READLINK, comes as this class itself.
 *
 * <p>Nothing is copied until it is asked for, and accessors that return arrays or names make a new one each time. Offsets and sizes are in
 * bytes. Handles are the numbers that the file system gave in its reply to OPEN, OPENDIR or CREATE.
 */
public sealed class Request
        permits FileRequest,
                Request.Named,
                Request.AttributeQuery,
                Request.SetAttributes,
                Request.Rename,
                Request.Open,
                Request.SetXattr,
                Request.GetXattr,
                Request.RemoveXattr,
                Request.Access,
                Request.Bmap {
    /** {@code FUSE_ROOT_ID}: the node that is the mount's root. It is never looked up and never forgotten. */
    public static final long ROOT_NODE = 1;

    private static final long RESENT = 1L << 63;

    final Exchange exchange;

    Request(Exchange exchange) {
        this.exchange = exchange;
    }

    /** The node that the request is about; for requests with a name, the directory. */
    public long nodeId() {
        return exchange.headerLong(Wire.InHeader.NODEID);
    }

    /** The request's number in this connection, without the mark of {@link #isResent}. */
    public long unique() {
        return exchange.unique() & ~RESENT;
    }

    /** Whether the request went to an earlier server of this mount already, which may have carried it out without answering. */
    public boolean isResent() {
        return (exchange.unique() & RESENT) != 0;
    }

    /** The caller's {@code fsuid}, as the mounter's user namespace sees it. */
    public int uid() {
        return exchange.headerInt(Wire.InHeader.UID);
    }

    public int gid() {
        return exchange.headerInt(Wire.InHeader.GID);
    }

    /** The caller's process (its thread's id); 0 where the kernel asks by itself, or the caller isn't in our pid namespace. */
    public int pid() {
        return exchange.headerInt(Wire.InHeader.PID);
    }

    /** Whether a signal came to the caller meanwhile: a handler that takes long may look, and answer EINTR. */
    public boolean isInterrupted() {
        return exchange.isInterrupted();
    }

    @Override
    public String toString() {
        return exchange.toString();
    }

    /** A request about a name in the directory {@link #nodeId}: LOOKUP, UNLINK, RMDIR; base of those that make something there. */
    public static sealed class Named extends Request permits Symlink, MakeNode, MakeDirectory, Link, Create {
        Named(Exchange exchange) {
            super(exchange);
        }

        /**
         * @throws ErrnoException ENAMETOOLONG over 255 bytes
         */
        public FileName name() throws ErrnoException {
            return exchange.name(0);
        }

        /**
         * The group that a new file gets in a set-group-id directory, where the caller is a member of it by a supplementary group
         * (CREATE_SUPP_GROUP); empty where the kernel says nothing.
         */
        public int[] supplementaryGroups() {
            int extensionBytes = (exchange.headerInt(Wire.InHeader.TOTAL_EXTLEN) & 0xffff) * 8;
            long end = exchange.payloadBytes();
            long at = end - extensionBytes;
            while (at + Wire.ExtHeader.BYTES <= end) {
                long size = Integer.toUnsignedLong(exchange.payloadInt(at + Wire.ExtHeader.SIZE));
                if (size < Wire.ExtHeader.BYTES || size > end - at) {
                    break;
                }
                if (exchange.payloadInt(at + Wire.ExtHeader.TYPE) == Wire.Newer.EXT_GROUPS) {
                    return groups(at + Wire.ExtHeader.BYTES, size - Wire.ExtHeader.BYTES);
                }
                at += size;
            }
            return new int[0];
        }

        private int[] groups(long at, long bytes) {
            long count = bytes < 4 ? 0 : Math.min(Integer.toUnsignedLong(exchange.payloadInt(at)), (bytes - 4) / 4);
            int[] groups = new int[(int) count];
            for (int i = 0; i < groups.length; i++) {
                groups[i] = exchange.payloadInt(at + 4 + 4L * i);
            }
            return groups;
        }
    }

    public static final class Symlink extends Named {
        Symlink(Exchange exchange) {
            super(exchange);
        }

        /** What the link is to hold, as the caller gave it. */
        public byte[] target() {
            return exchange.string(exchange.stringLength(0) + 1L);
        }
    }

    /** MKNOD: regular files too, by {@code mknod(2)}. */
    public static final class MakeNode extends Named {
        MakeNode(Exchange exchange) {
            super(exchange);
        }

        /** Type and permission bits; the umask is taken off unless DONT_MASK was agreed on. */
        public int mode() {
            return exchange.structureInt(Wire.MknodIn.MODE);
        }

        /** Packed as in {@link Stat#makeDevice}. */
        public long device() {
            return Integer.toUnsignedLong(exchange.structureInt(Wire.MknodIn.RDEV));
        }

        public int umask() {
            return exchange.structureInt(Wire.MknodIn.UMASK);
        }
    }

    public static final class MakeDirectory extends Named {
        MakeDirectory(Exchange exchange) {
            super(exchange);
        }

        /** Permission bits; the umask is taken off unless DONT_MASK was agreed on. */
        public int mode() {
            return exchange.structureInt(Wire.MkdirIn.MODE);
        }

        public int umask() {
            return exchange.structureInt(Wire.MkdirIn.UMASK);
        }
    }

    /** LINK: a new name in the directory {@link #nodeId} for an old node. */
    public static final class Link extends Named {
        Link(Exchange exchange) {
            super(exchange);
        }

        public long oldNodeId() {
            return exchange.structureLong(Wire.LinkIn.OLDNODEID);
        }
    }

    /** CREATE: make and open in one; and TMPFILE, whose name says nothing. */
    public static final class Create extends Named {
        Create(Exchange exchange) {
            super(exchange);
        }

        /** Flags of {@code open(2)}, without {@code O_CREAT}, {@code O_EXCL} and {@code O_NOCTTY}. */
        public int flags() {
            return exchange.structureInt(Wire.CreateIn.FLAGS);
        }

        /** Type and permission bits; the umask is taken off unless DONT_MASK was agreed on. */
        public int mode() {
            return exchange.structureInt(Wire.CreateIn.MODE);
        }

        public int umask() {
            return exchange.structureInt(Wire.CreateIn.UMASK);
        }
    }

    /** GETATTR and STATX. */
    public static final class AttributeQuery extends Request {
        AttributeQuery(Exchange exchange) {
            super(exchange);
        }

        /** Whether the caller asked through an open file, {@link #handle}. */
        public boolean hasHandle() {
            return (exchange.structureInt(Wire.GetattrIn.GETATTR_FLAGS) & 1) != 0;
        }

        public long handle() {
            return exchange.structureLong(Wire.GetattrIn.FH);
        }
    }

    /** SETATTR: any of these at once. What {@code -1} or null stands for remains as it is. */
    public static final class SetAttributes extends Request {
        private static final int MODE = 1;
        private static final int UID = 1 << 1;
        private static final int GID = 1 << 2;
        private static final int SIZE = 1 << 3;
        private static final int ATIME = 1 << 4;
        private static final int MTIME = 1 << 5;
        private static final int FH = 1 << 6;
        private static final int ATIME_NOW = 1 << 7;
        private static final int MTIME_NOW = 1 << 8;
        private static final int KILL_SUIDGID = 1 << 11;

        SetAttributes(Exchange exchange) {
            super(exchange);
        }

        private boolean has(int bit) {
            return (exchange.structureInt(Wire.SetattrIn.VALID) & bit) != 0;
        }

        public boolean hasHandle() {
            return has(FH);
        }

        /** The open file that is truncated ({@code ftruncate}), where {@link #hasHandle}. */
        public long handle() {
            return exchange.structureLong(Wire.SetattrIn.FH);
        }

        /** The lower twelve bits, or -1. */
        public int permissions() {
            return has(MODE) ? exchange.structureInt(Wire.SetattrIn.MODE) & 07777 : -1;
        }

        public int newUid() {
            return has(UID) ? exchange.structureInt(Wire.SetattrIn.UID) : -1;
        }

        public int newGid() {
            return has(GID) ? exchange.structureInt(Wire.SetattrIn.GID) : -1;
        }

        public long sizeBytes() {
            return has(SIZE) ? exchange.structureLong(Wire.SetattrIn.SIZE) : -1;
        }

        /** {@link FileAttributes#NOW} for the time of the call. */
        public Stat.@Nullable Time accessed() {
            return time(ATIME, ATIME_NOW, Wire.SetattrIn.ATIME, Wire.SetattrIn.ATIMENSEC);
        }

        public Stat.@Nullable Time modified() {
            return time(MTIME, MTIME_NOW, Wire.SetattrIn.MTIME, Wire.SetattrIn.MTIMENSEC);
        }

        private Stat.@Nullable Time time(int bit, int nowBit, int seconds, int nanos) {
            if (has(nowBit)) {
                return FileAttributes.NOW;
            }
            return has(bit) ? new Stat.Time(exchange.structureLong(seconds), exchange.structureInt(nanos)) : null;
        }

        /** Whether set-id bits and capabilities are to go with this change (HANDLE_KILLPRIV_V2). */
        public boolean killsPrivileges() {
            return has(KILL_SUIDGID);
        }
    }

    /** RENAME and RENAME2: {@link #nodeId} is the old directory. */
    public static final class Rename extends Request {
        private boolean withFlags;

        Rename(Exchange exchange) {
            super(exchange);
        }

        Rename of(boolean second) {
            withFlags = second;
            return this;
        }

        public FileName oldName() throws ErrnoException {
            return exchange.name(0);
        }

        public long newDirectory() {
            return exchange.structureLong(Wire.RenameIn.NEWDIR);
        }

        public FileName newName() throws ErrnoException {
            return exchange.name(exchange.stringLength(0) + 1L);
        }

        /** {@code RENAME_*} bits of {@link mille.linux.Names}. */
        public int flags() {
            return withFlags ? exchange.structureInt(Wire.Rename2In.FLAGS) : 0;
        }
    }

    /** OPEN and OPENDIR. */
    public static final class Open extends Request {
        Open(Exchange exchange) {
            super(exchange);
        }

        /** Flags of {@code open(2)}; {@code O_TRUNC} comes only with ATOMIC_O_TRUNC. */
        public int flags() {
            return exchange.structureInt(Wire.OpenIn.FLAGS);
        }

        /** Whether set-id bits are to go, as the file is truncated by this (HANDLE_KILLPRIV_V2). */
        public boolean killsPrivileges() {
            return (exchange.structureInt(Wire.OpenIn.OPEN_FLAGS) & 1) != 0;
        }
    }

    public static final class SetXattr extends Request {
        private final boolean extended;

        /**
         * @param extended whether SETXATTR_EXT was agreed on: without it the kernel leaves the structure's second half away
         */
        SetXattr(Exchange exchange, boolean extended) {
            super(exchange);
            this.extended = extended;
        }

        public XattrName name() throws ErrnoException {
            return attribute(exchange.string(0));
        }

        public byte[] value() {
            return exchange.payload(exchange.stringLength(0) + 1L, exchange.structureInt(Wire.SetxattrIn.SIZE));
        }

        /** {@link mille.linux.Xattrs#CREATE}, {@link mille.linux.Xattrs#REPLACE}, or 0. */
        public int flags() {
            return exchange.structureInt(Wire.SetxattrIn.FLAGS);
        }

        /** Whether an access ACL that is set takes the set-group-id bit away (SETXATTR_EXT). */
        public boolean clearsSetGroupId() {
            return extended && (exchange.structureInt(Wire.SetxattrIn.SETXATTR_FLAGS) & 1) != 0;
        }
    }

    /** GETXATTR, and LISTXATTR, which has no name. */
    public static final class GetXattr extends Request {
        GetXattr(Exchange exchange) {
            super(exchange);
        }

        public XattrName name() throws ErrnoException {
            return attribute(exchange.string(0));
        }

        /** The caller's room; 0 asks how much there is. {@link Reply.Xattr} minds it. */
        public int sizeBytes() {
            return exchange.structureInt(Wire.GetxattrIn.SIZE);
        }
    }

    public static final class RemoveXattr extends Request {
        RemoveXattr(Exchange exchange) {
            super(exchange);
        }

        public XattrName name() throws ErrnoException {
            return attribute(exchange.string(0));
        }
    }

    private static XattrName attribute(byte[] name) throws ErrnoException {
        if (name.length == 0 || name.length > XattrName.MAX_BYTES) {
            throw new ErrnoException(Errno.ERANGE, "an attribute's name of " + name.length + " bytes");
        }
        return XattrName.of(name);
    }

    public static final class Access extends Request {
        Access(Exchange exchange) {
            super(exchange);
        }

        /** {@code R_OK} (4), {@code W_OK} (2), {@code X_OK} (1), or 0. */
        public int mask() {
            return exchange.structureInt(Wire.AccessIn.MASK);
        }
    }

    public static final class Bmap extends Request {
        Bmap(Exchange exchange) {
            super(exchange);
        }

        public long block() {
            return exchange.structureLong(Wire.BmapIn.BLOCK);
        }

        public int blockSizeBytes() {
            return exchange.structureInt(Wire.BmapIn.BLOCKSIZE);
        }
    }
}
