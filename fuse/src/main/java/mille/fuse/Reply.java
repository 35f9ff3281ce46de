package mille.fuse;

import java.util.List;
import mille.linux.Errno;
import mille.linux.FileSystemStat;
import mille.linux.NativeBuffer;
import mille.linux.Stat;
import mille.linux.XattrName;

/**
 * Where a handler puts its answer: a view of its worker's out buffer, valid until the handler returns. Each kind of answer has a subclass;
 * a request that is answered by success alone, such as UNLINK, gets this class itself and needs nothing done to it.
 *
 * <p>A handler that returns without having filled a reply that needs filling has a defect: that is logged, and answered EIO.
 */
public sealed class Reply
        permits Reply.Entry,
                Reply.Attributes,
                Reply.Open,
                Reply.Data,
                Reply.Written,
                Reply.Statfs,
                Reply.Xattr,
                Reply.Lock,
                Reply.Later,
                Reply.Position,
                Reply.Ioctl,
                Reply.Poll,
                Reply.Statx,
                DirectoryReply {
    /** As a timeout: until a notification says otherwise. */
    public static final long FOREVER = Long.MAX_VALUE;

    static final long SECOND = 1_000_000_000L;

    final Exchange exchange;

    Reply(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Answers an error that is no surprise, at no cost; one that is may as well be thrown as an {@link mille.linux.ErrnoException}. */
    public final void fail(Errno errno) {
        exchange.fail(errno);
    }

    /** A node: to LOOKUP, MKNOD, MKDIR, SYMLINK, LINK. */
    public static final class Entry extends Reply {
        private final EntryFields entry;

        Entry(Exchange exchange) {
            super(exchange);
            this.entry = new EntryFields(exchange);
        }

        /** The entry to fill in: node, validity, attributes. */
        public EntryFields entry() {
            exchange.bodyBytes = Wire.EntryOut.BYTES;
            return entry.at(0);
        }

        /**
         * There is no such name (ENOENT).
         *
         * @param validForNanos how long the kernel may remember that; 0 not at all
         */
        public void absent(long validForNanos) {
            if (validForNanos == 0) {
                fail(Errno.ENOENT);
            } else {
                entry().validFor(validForNanos, 0);
            }
        }
    }

    /** To GETATTR and SETATTR. */
    public static final class Attributes extends Reply {
        private final AttributeFields attributes;

        Attributes(Exchange exchange) {
            super(exchange);
            this.attributes = new AttributeFields(exchange);
        }

        /**
         * @param validForNanos how long the kernel may answer by itself
         */
        public AttributeFields attributes(long validForNanos) {
            exchange.putLong(Wire.AttrOut.ATTR_VALID, validForNanos / SECOND);
            exchange.putInt(Wire.AttrOut.ATTR_VALID_NSEC, (int) (validForNanos % SECOND));
            exchange.putInt(Wire.AttrOut.DUMMY, 0);
            exchange.bodyBytes = Wire.AttrOut.BYTES;
            return attributes.at(Wire.AttrOut.ATTR);
        }
    }

    /** What tells the kernel that a file is open: to OPEN and OPENDIR, and within {@link Created}. */
    public static sealed class Open extends Reply permits Created {
        private final int at;

        Open(Exchange exchange) {
            this(exchange, 0);
        }

        private Open(Exchange exchange, int at) {
            super(exchange);
            this.at = at;
        }

        /**
         * @param handle any number: requests about this open file carry it
         * @param flags of {@link OpenFlags}
         */
        public void opened(long handle, int flags) {
            put(handle, flags, 0);
        }

        /** Opened, and the kernel reads and writes the backing file by itself; attributes are still asked of us. */
        public void passedThrough(long handle, int flags, BackingFile backing) {
            put(handle, flags | OpenFlags.PASSTHROUGH, backing.id());
        }

        private void put(long handle, int flags, int backingId) {
            exchange.putLong(at + Wire.OpenOut.FH, handle);
            exchange.putInt(at + Wire.OpenOut.OPEN_FLAGS, flags);
            exchange.putInt(at + Wire.OpenOut.PADDING, backingId);
            exchange.bodyBytes = at + Wire.OpenOut.BYTES;
        }
    }

    /** To CREATE and TMPFILE: a node and an open file at once. Fill in {@link #entry} too. */
    public static final class Created extends Open {
        private final EntryFields entry;

        Created(Exchange exchange) {
            super(exchange, Wire.EntryOut.BYTES);
            this.entry = new EntryFields(exchange);
        }

        public EntryFields entry() {
            return entry.at(0);
        }
    }

    /** Bytes: to READ and READLINK. */
    public static final class Data extends Reply {
        Data(Exchange exchange) {
            super(exchange);
        }

        /** The memory that the data goes to, aligned to a page: read a file straight into it, then call {@link #filled}. */
        public NativeBuffer buffer() {
            return exchange.body;
        }

        /**
         * @param bytes how many of the buffer's first bytes are the answer; fewer than asked means that the file ends there, 0 that it ended
         *     before
         */
        public void filled(int bytes) {
            exchange.bodyBytes = bytes;
        }

        public void put(byte[] bytes) {
            exchange.putBytes(0, bytes);
            exchange.bodyBytes = bytes.length;
        }
    }

    /** To WRITE and COPY_FILE_RANGE. */
    public static final class Written extends Reply {
        private boolean wide;
        private long bytes;

        Written(Exchange exchange) {
            super(exchange);
        }

        Written of(boolean sixtyFourBits) {
            wide = sixtyFourBits;
            bytes = 0;
            return this;
        }

        /** What was answered so far. */
        long bytes() {
            return bytes;
        }

        /** How much was written, which may be less than asked. */
        public void written(long written) {
            bytes = wide ? written : Math.min(written, 0x7ffff000L);
            exchange.putLong(0, bytes);
            exchange.bodyBytes = wide ? Wire.Newer.COPY_FILE_RANGE_OUT_BYTES : Wire.WriteOut.BYTES;
        }
    }

    /** To STATFS. */
    public static final class Statfs extends Reply {
        Statfs(Exchange exchange) {
            super(exchange);
        }

        public void put(FileSystemStat stat) {
            exchange.clear(0, Wire.Kstatfs.BYTES);
            exchange.putLong(Wire.Kstatfs.BLOCKS, stat.blocks());
            exchange.putLong(Wire.Kstatfs.BFREE, stat.freeBlocks());
            exchange.putLong(Wire.Kstatfs.BAVAIL, stat.availableBlocks());
            exchange.putLong(Wire.Kstatfs.FILES, stat.files());
            exchange.putLong(Wire.Kstatfs.FFREE, stat.freeFiles());
            exchange.putInt(Wire.Kstatfs.BSIZE, (int) stat.blockSizeBytes());
            exchange.putInt(Wire.Kstatfs.NAMELEN, (int) stat.nameMaxBytes());
            exchange.putInt(Wire.Kstatfs.FRSIZE, (int) stat.fragmentBytes());
            exchange.bodyBytes = Wire.Kstatfs.BYTES;
        }
    }

    /** To GETXATTR and LISTXATTR. A caller that has room for 0 bytes is told the size, one with too little gets ERANGE. */
    public static final class Xattr extends Reply {
        private final Request.GetXattr request;

        Xattr(Exchange exchange, Request.GetXattr request) {
            super(exchange);
            this.request = request;
        }

        public void value(byte[] value) {
            int room = request.sizeBytes();
            if (room == 0) {
                exchange.putInt(Wire.GetxattrOut.SIZE, value.length);
                exchange.putInt(Wire.GetxattrOut.PADDING, 0);
                exchange.bodyBytes = Wire.GetxattrOut.BYTES;
            } else if (value.length > room) {
                fail(Errno.ERANGE);
            } else {
                exchange.putBytes(0, value);
                exchange.bodyBytes = value.length;
            }
        }

        /** There is no such attribute (ENODATA). */
        public void absent() {
            fail(Errno.ENODATA);
        }

        public void names(List<XattrName> names) {
            int length = 0;
            for (XattrName name : names) {
                length += name.bytes().length + 1;
            }
            byte[] joined = new byte[length];
            int at = 0;
            for (XattrName name : names) {
                byte[] bytes = name.bytes();
                System.arraycopy(bytes, 0, joined, at, bytes.length);
                at += bytes.length + 1;
            }
            value(joined);
        }
    }

    /** To GETLK. */
    public static final class Lock extends Reply {
        Lock(Exchange exchange) {
            super(exchange);
        }

        /** Nothing is in the way ({@code F_UNLCK}). */
        public void free() {
            held(0, 0, 2, 0);
        }

        /**
         * The lock that is in the way.
         *
         * @param type {@code F_RDLCK} (0) or {@code F_WRLCK} (1)
         */
        public void held(long start, long end, int type, int pid) {
            exchange.putLong(Wire.FileLock.START, start);
            exchange.putLong(Wire.FileLock.END, end);
            exchange.putInt(Wire.FileLock.TYPE, type);
            exchange.putInt(Wire.FileLock.PID, pid);
            exchange.bodyBytes = Wire.FileLock.BYTES;
        }
    }

    /** To SETLKW, which may wait: answered by success at once, or later and by any thread, so that no worker waits. */
    public static final class Later extends Reply {
        private final PendingReplies pending;
        private final PendingReplies.Channel channel;

        Later(Exchange exchange, PendingReplies pending, PendingReplies.Channel channel) {
            super(exchange);
            this.pending = pending;
            this.channel = channel;
        }

        /** The handler's return answers nothing: what is returned here does. */
        public PendingReply later() {
            exchange.deferred = true;
            return pending.add(exchange, channel);
        }
    }

    /** A 64-bit number: to LSEEK and BMAP. */
    public static final class Position extends Reply {
        Position(Exchange exchange) {
            super(exchange);
        }

        public void put(long number) {
            exchange.putLong(0, number);
            exchange.bodyBytes = Wire.LseekOut.BYTES;
        }
    }

    public static final class Ioctl extends Reply {
        Ioctl(Exchange exchange) {
            super(exchange);
        }

        /**
         * @param result what {@code ioctl(2)} returns
         * @param output what is written to the caller, at most {@link FileRequest.Ioctl#outputBytes}
         */
        public void put(int result, byte[] output) {
            exchange.clear(0, Wire.IoctlOut.BYTES);
            exchange.putInt(Wire.IoctlOut.RESULT, result);
            exchange.putBytes(Wire.IoctlOut.BYTES, output);
            exchange.bodyBytes = Wire.IoctlOut.BYTES + output.length;
        }
    }

    public static final class Poll extends Reply {
        Poll(Exchange exchange) {
            super(exchange);
        }

        /**
         * @param events {@code POLL*} bits that are ready
         */
        public void ready(int events) {
            exchange.putInt(Wire.PollOut.REVENTS, events);
            exchange.putInt(Wire.PollOut.PADDING, 0);
            exchange.bodyBytes = Wire.PollOut.BYTES;
        }
    }

    /** To STATX: what GETATTR answers, and the time of birth. */
    public static final class Statx extends Reply {
        private static final int BASIC_STATS_AND_BTIME = 0xfff;

        Statx(Exchange exchange) {
            super(exchange);
        }

        /**
         * @param inode in place of the stat's own
         */
        public void put(Stat stat, long inode, long validForNanos) {
            exchange.clear(0, Wire.Newer.STATX_OUT_BYTES);
            exchange.putLong(Wire.AttrOut.ATTR_VALID, validForNanos / SECOND);
            exchange.putInt(Wire.AttrOut.ATTR_VALID_NSEC, (int) (validForNanos % SECOND));
            StatxFields.put(exchange, Wire.Newer.STATX_OUT_STAT, stat, inode, BASIC_STATS_AND_BTIME);
            exchange.bodyBytes = Wire.Newer.STATX_OUT_BYTES;
        }
    }
}
