package mille.fuse;

/**
 * Offsets of the protocol's structures, in bytes, as {@code linux/fuse.h} has them: {@code Wire.WriteIn.LOCK_OWNER} is
 * {@code offsetof(struct fuse_write_in, lock_owner)}, and {@code BYTES} the structure's size. A test reads this class and asks a C compiler.
 */
final class Wire {
    static final class InHeader {
        static final int BYTES = 40;
        static final int LEN = 0;
        static final int OPCODE = 4;
        static final int UNIQUE = 8;
        static final int NODEID = 16;
        static final int UID = 24;
        static final int GID = 28;
        static final int PID = 32;
        static final int TOTAL_EXTLEN = 36;
    }

    static final class OutHeader {
        static final int BYTES = 16;
        static final int LEN = 0;
        static final int ERROR = 4;
        static final int UNIQUE = 8;
    }

    static final class Attr {
        static final int BYTES = 88;
        static final int INO = 0;
        static final int SIZE = 8;
        static final int BLOCKS = 16;
        static final int ATIME = 24;
        static final int MTIME = 32;
        static final int CTIME = 40;
        static final int ATIMENSEC = 48;
        static final int MTIMENSEC = 52;
        static final int CTIMENSEC = 56;
        static final int MODE = 60;
        static final int NLINK = 64;
        static final int UID = 68;
        static final int GID = 72;
        static final int RDEV = 76;
        static final int BLKSIZE = 80;
        static final int FLAGS = 84;
    }

    static final class EntryOut {
        static final int BYTES = 128;
        static final int NODEID = 0;
        static final int GENERATION = 8;
        static final int ENTRY_VALID = 16;
        static final int ATTR_VALID = 24;
        static final int ENTRY_VALID_NSEC = 32;
        static final int ATTR_VALID_NSEC = 36;
        static final int ATTR = 40;
    }

    static final class AttrOut {
        static final int BYTES = 104;
        static final int ATTR_VALID = 0;
        static final int ATTR_VALID_NSEC = 8;
        static final int DUMMY = 12;
        static final int ATTR = 16;
    }

    static final class OpenOut {
        static final int BYTES = 16;
        static final int FH = 0;
        static final int OPEN_FLAGS = 8;
        /** Named {@code backing_id} since 7.40. */
        static final int PADDING = 12;
    }

    static final class WriteOut {
        static final int BYTES = 8;
        static final int SIZE = 0;
        static final int PADDING = 4;
    }

    static final class Kstatfs {
        static final int BYTES = 80;
        static final int BLOCKS = 0;
        static final int BFREE = 8;
        static final int BAVAIL = 16;
        static final int FILES = 24;
        static final int FFREE = 32;
        static final int BSIZE = 40;
        static final int NAMELEN = 44;
        static final int FRSIZE = 48;
    }

    static final class FileLock {
        static final int BYTES = 24;
        static final int START = 0;
        static final int END = 8;
        static final int TYPE = 16;
        static final int PID = 20;
    }

    static final class ForgetIn {
        static final int BYTES = 8;
        static final int NLOOKUP = 0;
    }

    static final class ForgetOne {
        static final int BYTES = 16;
        static final int NODEID = 0;
        static final int NLOOKUP = 8;
    }

    static final class BatchForgetIn {
        static final int BYTES = 8;
        static final int COUNT = 0;
    }

    static final class GetattrIn {
        static final int BYTES = 16;
        static final int GETATTR_FLAGS = 0;
        static final int FH = 8;
    }

    static final class SetattrIn {
        static final int BYTES = 88;
        static final int VALID = 0;
        static final int FH = 8;
        static final int SIZE = 16;
        static final int LOCK_OWNER = 24;
        static final int ATIME = 32;
        static final int MTIME = 40;
        static final int CTIME = 48;
        static final int ATIMENSEC = 56;
        static final int MTIMENSEC = 60;
        static final int CTIMENSEC = 64;
        static final int MODE = 68;
        static final int UID = 76;
        static final int GID = 80;
    }

    static final class MknodIn {
        static final int BYTES = 16;
        static final int MODE = 0;
        static final int RDEV = 4;
        static final int UMASK = 8;
    }

    static final class MkdirIn {
        static final int BYTES = 8;
        static final int MODE = 0;
        static final int UMASK = 4;
    }

    static final class RenameIn {
        static final int BYTES = 8;
        static final int NEWDIR = 0;
    }

    static final class Rename2In {
        static final int BYTES = 16;
        static final int NEWDIR = 0;
        static final int FLAGS = 8;
    }

    static final class LinkIn {
        static final int BYTES = 8;
        static final int OLDNODEID = 0;
    }

    static final class OpenIn {
        static final int BYTES = 8;
        static final int FLAGS = 0;
        static final int OPEN_FLAGS = 4;
    }

    static final class CreateIn {
        static final int BYTES = 16;
        static final int FLAGS = 0;
        static final int MODE = 4;
        static final int UMASK = 8;
        static final int OPEN_FLAGS = 12;
    }

    static final class ReleaseIn {
        static final int BYTES = 24;
        static final int FH = 0;
        static final int FLAGS = 8;
        static final int RELEASE_FLAGS = 12;
        static final int LOCK_OWNER = 16;
    }

    static final class FlushIn {
        static final int BYTES = 24;
        static final int FH = 0;
        static final int LOCK_OWNER = 16;
    }

    static final class ReadIn {
        static final int BYTES = 40;
        static final int FH = 0;
        static final int OFFSET = 8;
        static final int SIZE = 16;
        static final int READ_FLAGS = 20;
        static final int LOCK_OWNER = 24;
        static final int FLAGS = 32;
    }

    static final class WriteIn {
        static final int BYTES = 40;
        static final int FH = 0;
        static final int OFFSET = 8;
        static final int SIZE = 16;
        static final int WRITE_FLAGS = 20;
        static final int LOCK_OWNER = 24;
        static final int FLAGS = 32;
    }

    static final class FsyncIn {
        static final int BYTES = 16;
        static final int FH = 0;
        static final int FSYNC_FLAGS = 8;
    }

    static final class SetxattrIn {
        static final int BYTES = 16;
        static final int SIZE = 0;
        static final int FLAGS = 4;
        static final int SETXATTR_FLAGS = 8;
    }

    static final class GetxattrIn {
        static final int BYTES = 8;
        static final int SIZE = 0;
    }

    static final class GetxattrOut {
        static final int BYTES = 8;
        static final int SIZE = 0;
        static final int PADDING = 4;
    }

    static final class LkIn {
        static final int BYTES = 48;
        static final int FH = 0;
        static final int OWNER = 8;
        static final int LK = 16;
        static final int LK_FLAGS = 40;
    }

    static final class AccessIn {
        static final int BYTES = 8;
        static final int MASK = 0;
    }

    static final class InitIn {
        static final int BYTES = 64;
        static final int MAJOR = 0;
        static final int MINOR = 4;
        static final int MAX_READAHEAD = 8;
        static final int FLAGS = 12;
        static final int FLAGS2 = 16;
    }

    static final class InitOut {
        static final int BYTES = 64;
        static final int MAJOR = 0;
        static final int MINOR = 4;
        static final int MAX_READAHEAD = 8;
        static final int FLAGS = 12;
        static final int MAX_BACKGROUND = 16;
        static final int CONGESTION_THRESHOLD = 18;
        static final int MAX_WRITE = 20;
        static final int TIME_GRAN = 24;
        static final int MAX_PAGES = 28;
        static final int MAP_ALIGNMENT = 30;
        static final int FLAGS2 = 32;
    }

    static final class InterruptIn {
        static final int BYTES = 8;
        static final int UNIQUE = 0;
    }

    static final class BmapIn {
        static final int BYTES = 16;
        static final int BLOCK = 0;
        static final int BLOCKSIZE = 8;
    }

    static final class BmapOut {
        static final int BYTES = 8;
        static final int BLOCK = 0;
    }

    static final class IoctlIn {
        static final int BYTES = 32;
        static final int FH = 0;
        static final int FLAGS = 8;
        static final int CMD = 12;
        static final int ARG = 16;
        static final int IN_SIZE = 24;
        static final int OUT_SIZE = 28;
    }

    static final class IoctlOut {
        static final int BYTES = 16;
        static final int RESULT = 0;
        static final int FLAGS = 4;
        static final int IN_IOVS = 8;
        static final int OUT_IOVS = 12;
    }

    static final class PollIn {
        static final int BYTES = 24;
        static final int FH = 0;
        static final int KH = 8;
        static final int FLAGS = 16;
        static final int EVENTS = 20;
    }

    static final class PollOut {
        static final int BYTES = 8;
        static final int REVENTS = 0;
        static final int PADDING = 4;
    }

    static final class FallocateIn {
        static final int BYTES = 32;
        static final int FH = 0;
        static final int OFFSET = 8;
        static final int LENGTH = 16;
        static final int MODE = 24;
    }

    static final class LseekIn {
        static final int BYTES = 24;
        static final int FH = 0;
        static final int OFFSET = 8;
        static final int WHENCE = 16;
    }

    static final class LseekOut {
        static final int BYTES = 8;
        static final int OFFSET = 0;
    }

    static final class CopyFileRangeIn {
        static final int BYTES = 56;
        static final int FH_IN = 0;
        static final int OFF_IN = 8;
        static final int NODEID_OUT = 16;
        static final int FH_OUT = 24;
        static final int OFF_OUT = 32;
        static final int LEN = 40;
        static final int FLAGS = 48;
    }

    static final class SyncfsIn {
        static final int BYTES = 8;
    }

    static final class Dirent {
        /** Without the name, which begins here. */
        static final int NAME = 24;

        static final int INO = 0;
        static final int OFF = 8;
        static final int NAMELEN = 16;
        static final int TYPE = 20;
    }

    static final class ExtHeader {
        static final int BYTES = 8;
        static final int SIZE = 0;
        static final int TYPE = 4;
    }

    static final class NotifyInvalInodeOut {
        static final int BYTES = 24;
        static final int INO = 0;
        static final int OFF = 8;
        static final int LEN = 16;
    }

    static final class NotifyInvalEntryOut {
        static final int BYTES = 16;
        static final int PARENT = 0;
        static final int NAMELEN = 8;
        static final int FLAGS = 12;
    }

    static final class NotifyDeleteOut {
        static final int BYTES = 24;
        static final int PARENT = 0;
        static final int CHILD = 8;
        static final int NAMELEN = 16;
        static final int PADDING = 20;
    }

    static final class NotifyStoreOut {
        static final int BYTES = 24;
        static final int NODEID = 0;
        static final int OFFSET = 8;
        static final int SIZE = 16;
        static final int PADDING = 20;
    }

    /** What came after 7.38, by the numbers of the kernel's header of 7.45: an older header on the build machine doesn't know them. */
    static final class Newer {
        /** {@code init_out}, 7.40. */
        static final int INIT_OUT_MAX_STACK_DEPTH = 36;

        /** {@code struct fuse_statx_in}, 7.39. */
        static final int STATX_IN_BYTES = 24;

        static final int STATX_IN_GETATTR_FLAGS = 0;
        static final int STATX_IN_FH = 8;
        static final int STATX_IN_SX_FLAGS = 16;
        static final int STATX_IN_SX_MASK = 20;

        /** {@code struct fuse_statx_out}: what comes before {@code struct fuse_statx}, which equals {@code struct statx}. */
        static final int STATX_OUT_STAT = 32;

        static final int STATX_OUT_BYTES = 288;

        /** {@code struct fuse_copy_file_range_out}, 7.45. */
        static final int COPY_FILE_RANGE_OUT_BYTES = 8;

        /** {@code FUSE_EXT_GROUPS}, 7.39: a count of 32 bits, then as many group ids. */
        static final int EXT_GROUPS = 32;

        /** {@code struct fuse_backing_map}, 7.40: {@code int32_t fd; uint32_t flags; uint64_t padding}. */
        static final int BACKING_MAP_BYTES = 16;

        /** {@code struct fuse_uring_req_header}, 7.42. */
        static final int URING_HEADER_BYTES = 288;

        static final int URING_OP_IN = 128;
        static final int URING_COMMIT_ID = 264;
        static final int URING_PAYLOAD_BYTES = 272;

        private Newer() {}
    }

    /** {@code FUSE_COMPAT_SETXATTR_IN_SIZE}: the structure where SETXATTR_EXT wasn't agreed on. */
    static final int COMPAT_SETXATTR_IN_BYTES = 8;

    /** Records in a directory's listing start at multiples of 8. */
    static int align(int bytes) {
        return (bytes + 7) & ~7;
    }

    private Wire() {}
}
