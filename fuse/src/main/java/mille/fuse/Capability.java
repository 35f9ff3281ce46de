package mille.fuse;

import java.util.EnumSet;
import java.util.Set;

/** What kernel and server may agree on at INIT ({@code FUSE_*} flags of {@code linux/fuse.h}); each constant has its bit's number. */
public enum Capability {
    /** Several READs of one file at a time. */
    ASYNC_READ(0),
    /** {@code fcntl} locks are asked of the file system; without it the kernel keeps them itself. */
    POSIX_LOCKS(1),
    /** {@code O_TRUNC} is left to OPEN. Never together with answering OPEN by ENOSYS: the truncation would be lost. */
    ATOMIC_O_TRUNC(3),
    /** LOOKUP of {@code .} and {@code ..} is answered, so that file handles survive the kernel's caches (NFS). */
    EXPORT_SUPPORT(4),
    /** WRITEs of more than a page. */
    BIG_WRITES(5),
    /** Modes come without the caller's umask taken off; the umask comes beside. Default ACLs need it. */
    DONT_MASK(6),
    SPLICE_WRITE(7),
    SPLICE_MOVE(8),
    SPLICE_READ(9),
    /** {@code flock} locks are asked of the file system. */
    FLOCK_LOCKS(10),
    /** IOCTL of directories. */
    IOCTL_DIR(11),
    /** The kernel drops its cached pages where a GETATTR shows another time or size. */
    AUTO_INVAL_DATA(12),
    /** READDIRPLUS is answered. */
    DO_READDIRPLUS(13),
    /** The kernel chooses between READDIR and READDIRPLUS by what the reader does. */
    READDIRPLUS_AUTO(14),
    /** {@code O_DIRECT} transfers under way side by side. */
    ASYNC_DIO(15),
    /** Written data stays in the kernel for a while. */
    WRITEBACK_CACHE(16),
    /** ENOSYS to OPEN means: no opens from now on. */
    NO_OPEN_SUPPORT(17),
    /** LOOKUP and READDIR of one directory side by side. */
    PARALLEL_DIROPS(18),
    /** The file system drops set-id bits and capabilities by itself: superseded by {@link #HANDLE_KILLPRIV_V2}. */
    HANDLE_KILLPRIV(19),
    /** The kernel checks and keeps POSIX ACLs, which come as {@code system.posix_acl_*} attributes. */
    POSIX_ACL(20),
    /** A read of the device after an abort gives ECONNABORTED rather than ENODEV. */
    ABORT_ERROR(21),
    /** The reply to INIT says how many pages a request may have. */
    MAX_PAGES(22),
    /** READLINK is asked once. */
    CACHE_SYMLINKS(23),
    /** ENOSYS to OPENDIR means: no opens of directories from now on. */
    NO_OPENDIR_SUPPORT(24),
    /** Cached pages are dropped by notification alone. */
    EXPLICIT_INVAL_DATA(25),
    MAP_ALIGNMENT(26),
    SUBMOUNTS(27),
    /** The file system drops set-id bits and {@code security.capability} where a request says so. */
    HANDLE_KILLPRIV_V2(28),
    /** SETXATTR says whether to drop the set-group-id bit. */
    SETXATTR_EXT(29),
    /** INIT has a second word of flags. Always taken where it is offered. */
    INIT_EXT(30),
    /** Creating requests carry a security label. */
    SECURITY_CTX(32),
    HAS_INODE_DAX(33),
    /** Creating requests carry the group that the new file would get from its directory, where the caller is a member. */
    CREATE_SUPP_GROUP(34),
    /** Names can be made to expire rather than vanish. */
    HAS_EXPIRE_ONLY(35),
    /** {@code mmap} of files that are open with {@code FOPEN_DIRECT_IO}. */
    DIRECT_IO_ALLOW_MMAP(36),
    /** Reads and writes may go straight to a backing file. */
    PASSTHROUGH(37),
    /** File handles are made for comparing alone: the kernel gives none that could be opened (Linux 6.9). */
    NO_EXPORT_SUPPORT(38),
    /** A server that takes over may have all unanswered requests sent again. */
    HAS_RESEND(39),
    ALLOW_IDMAP(40),
    /** Requests come over io_uring: {@link SessionOptions#transport} decides. */
    OVER_IO_URING(41),
    REQUEST_TIMEOUT(42);

    private final long bit;

    Capability(int number) {
        this.bit = 1L << number;
    }

    long bit() {
        return bit;
    }

    static long bits(Set<Capability> capabilities) {
        long bits = 0;
        for (Capability capability : capabilities) {
            bits |= capability.bit;
        }
        return bits;
    }

    static Set<Capability> of(long bits) {
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        for (Capability capability : values()) {
            if ((bits & capability.bit) != 0) {
                capabilities.add(capability);
            }
        }
        return capabilities;
    }
}
