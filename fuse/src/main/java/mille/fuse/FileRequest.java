package mille.fuse;

import mille.linux.NativeBuffer;

/** A request about an open file or directory: what comes after OPEN, OPENDIR or CREATE. */
public sealed class FileRequest extends Request {
    /** {@code fh} comes first in each of these structures. */
    private static final int FILE_HANDLE = 0;

    FileRequest(Exchange exchange) {
        super(exchange);
    }

    /** The number that the file system gave when this was opened; 0 where it answers OPEN with ENOSYS. */
    public long handle() {
        return exchange.structureLong(FILE_HANDLE);
    }

    /** READ, READDIR and READDIRPLUS. */
    public static final class Read extends FileRequest {
        Read(Exchange exchange) {
            super(exchange);
        }

        /** For directories: what an earlier entry's {@code nextOffset} said, or 0. */
        public long offset() {
            return exchange.structureLong(Wire.ReadIn.OFFSET);
        }

        /** The most that the reply may hold. */
        public int sizeBytes() {
            return exchange.structureInt(Wire.ReadIn.SIZE);
        }

        /** Flags that the file is open with. */
        public int flags() {
            return exchange.structureInt(Wire.ReadIn.FLAGS);
        }
    }

    public static final class Write extends FileRequest {
        Write(Exchange exchange) {
            super(exchange);
        }

        public long offset() {
            return exchange.structureLong(Wire.WriteIn.OFFSET);
        }

        public int sizeBytes() {
            return exchange.structureInt(Wire.WriteIn.SIZE);
        }

        /** The data are its first {@link #sizeBytes} bytes; they begin at a page's start. */
        public NativeBuffer data() {
            return exchange.writeData;
        }

        public int flags() {
            return exchange.structureInt(Wire.WriteIn.FLAGS);
        }

        /** Whether the kernel writes back a page of its cache (of a shared mapping, say): the handle is then any that is open for writing. */
        public boolean isFromCache() {
            return (exchange.structureInt(Wire.WriteIn.WRITE_FLAGS) & 1) != 0;
        }

        /** Whether set-id bits and capabilities are to go (HANDLE_KILLPRIV_V2). */
        public boolean killsPrivileges() {
            return (exchange.structureInt(Wire.WriteIn.WRITE_FLAGS) & 4) != 0;
        }
    }

    /** RELEASE and RELEASEDIR: the last reference to the handle is gone. FLUSH: one of its descriptors was closed. */
    public static final class Release extends FileRequest {
        private boolean flush;

        Release(Exchange exchange) {
            super(exchange);
        }

        Release of(boolean isFlush) {
            flush = isFlush;
            return this;
        }

        /** Flags that the file was open with; 0 at FLUSH. */
        public int flags() {
            return flush ? 0 : exchange.structureInt(Wire.ReleaseIn.FLAGS);
        }

        /** Whether the handle's {@code flock} lock is to go (FLOCK_LOCKS). */
        public boolean unlocksFlock() {
            return !flush && (exchange.structureInt(Wire.ReleaseIn.RELEASE_FLAGS) & 2) != 0;
        }

        /** Whose {@code fcntl} locks are to go at FLUSH (POSIX_LOCKS). */
        public long lockOwner() {
            return exchange.structureLong(Wire.ReleaseIn.LOCK_OWNER);
        }
    }

    /** FSYNC and FSYNCDIR. */
    public static final class Sync extends FileRequest {
        Sync(Exchange exchange) {
            super(exchange);
        }

        /** As {@code fdatasync(2)}. */
        public boolean isDataOnly() {
            return (exchange.structureInt(Wire.FsyncIn.FSYNC_FLAGS) & 1) != 0;
        }
    }

    /** GETLK, SETLK and SETLKW, of {@code fcntl} and of {@code flock}. */
    public static final class Lock extends FileRequest {
        Lock(Exchange exchange) {
            super(exchange);
        }

        public long owner() {
            return exchange.structureLong(Wire.LkIn.OWNER);
        }

        /** The first byte locked. */
        public long start() {
            return exchange.structureLong(Wire.LkIn.LK + Wire.FileLock.START);
        }

        /** The last byte locked; {@link Long#MAX_VALUE} for all that may come. */
        public long end() {
            return exchange.structureLong(Wire.LkIn.LK + Wire.FileLock.END);
        }

        /** {@code F_RDLCK} (0), {@code F_WRLCK} (1) or {@code F_UNLCK} (2). */
        public int type() {
            return exchange.structureInt(Wire.LkIn.LK + Wire.FileLock.TYPE);
        }

        /** The locking process. */
        public int lockPid() {
            return exchange.structureInt(Wire.LkIn.LK + Wire.FileLock.PID);
        }

        public boolean isFlock() {
            return (exchange.structureInt(Wire.LkIn.LK_FLAGS) & 1) != 0;
        }
    }

    public static final class Ioctl extends FileRequest {
        Ioctl(Exchange exchange) {
            super(exchange);
        }

        public int command() {
            return exchange.structureInt(Wire.IoctlIn.CMD);
        }

        /** The caller's argument: an address in the caller's memory, or a number. */
        public long argument() {
            return exchange.structureLong(Wire.IoctlIn.ARG);
        }

        public boolean isOfDirectory() {
            return (exchange.structureInt(Wire.IoctlIn.FLAGS) & 1 << 4) != 0;
        }

        /** What the command's number says is read from the caller. */
        public byte[] input() {
            return exchange.payload(0, exchange.structureInt(Wire.IoctlIn.IN_SIZE));
        }

        /** How much the command's number says is written to the caller. */
        public int outputBytes() {
            return exchange.structureInt(Wire.IoctlIn.OUT_SIZE);
        }
    }

    public static final class Poll extends FileRequest {
        Poll(Exchange exchange) {
            super(exchange);
        }

        /** {@code POLL*} bits that the caller waits for. */
        public int events() {
            return exchange.structureInt(Wire.PollIn.EVENTS);
        }
    }

    /** FALLOCATE. */
    public static final class Allocate extends FileRequest {
        Allocate(Exchange exchange) {
            super(exchange);
        }

        public long offset() {
            return exchange.structureLong(Wire.FallocateIn.OFFSET);
        }

        public long lengthBytes() {
            return exchange.structureLong(Wire.FallocateIn.LENGTH);
        }

        /** {@code FALLOC_FL_*} bits. */
        public int mode() {
            return exchange.structureInt(Wire.FallocateIn.MODE);
        }
    }

    /** LSEEK: for data and holes alone. */
    public static final class Seek extends FileRequest {
        Seek(Exchange exchange) {
            super(exchange);
        }

        public long offset() {
            return exchange.structureLong(Wire.LseekIn.OFFSET);
        }

        /** {@link mille.linux.FileData#SEEK_DATA} or {@link mille.linux.FileData#SEEK_HOLE}. */
        public int whence() {
            return exchange.structureInt(Wire.LseekIn.WHENCE);
        }
    }

    /** COPY_FILE_RANGE: from {@link #nodeId}. */
    public static final class CopyRange extends FileRequest {
        CopyRange(Exchange exchange) {
            super(exchange);
        }

        public long offset() {
            return exchange.structureLong(Wire.CopyFileRangeIn.OFF_IN);
        }

        public long toNodeId() {
            return exchange.structureLong(Wire.CopyFileRangeIn.NODEID_OUT);
        }

        public long toHandle() {
            return exchange.structureLong(Wire.CopyFileRangeIn.FH_OUT);
        }

        public long toOffset() {
            return exchange.structureLong(Wire.CopyFileRangeIn.OFF_OUT);
        }

        public long lengthBytes() {
            return exchange.structureLong(Wire.CopyFileRangeIn.LEN);
        }

        public int flags() {
            return (int) exchange.structureLong(Wire.CopyFileRangeIn.FLAGS);
        }
    }
}
