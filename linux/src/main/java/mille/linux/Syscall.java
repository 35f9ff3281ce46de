package mille.linux;

import java.lang.invoke.MethodHandle;

/**
 * The one door to the kernel: {@code syscall(2)} with errno captured, bound once.
 *
 * <p>One handle of one shape for all calls starts faster than a handle for each, and reads the same everywhere: arguments are longs, an
 * address is {@link NativeBuffer#address()} of memory that outlives the call. Numbers are those of x86-64.
 */
final class Syscall {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int CLOSE = 3;
    static final int POLL = 7;
    static final int LSEEK = 8;
    static final int MMAP = 9;
    static final int MUNMAP = 11;
    static final int IOCTL = 16;
    static final int PREAD64 = 17;
    static final int PWRITE64 = 18;
    static final int SOCKET = 41;
    static final int RECVMSG = 47;
    static final int BIND = 49;
    static final int LISTEN = 50;
    static final int WAIT4 = 61;
    static final int KILL = 62;
    static final int FCNTL = 72;
    static final int FLOCK = 73;
    static final int FSYNC = 74;
    static final int FDATASYNC = 75;
    static final int FTRUNCATE = 77;
    static final int FCHMOD = 91;
    static final int UMASK = 95;
    static final int SETGROUPS = 116;
    static final int SETFSUID = 122;
    static final int SETFSGID = 123;
    static final int CAPSET = 126;
    static final int FSTATFS = 138;
    static final int SETPRIORITY = 141;
    static final int PRCTL = 157;
    static final int MOUNT = 165;
    static final int UMOUNT2 = 166;
    static final int SETXATTR = 188;
    static final int LSETXATTR = 189;
    static final int GETXATTR = 191;
    static final int LGETXATTR = 192;
    static final int LISTXATTR = 194;
    static final int LLISTXATTR = 195;
    static final int REMOVEXATTR = 197;
    static final int LREMOVEXATTR = 198;
    static final int SCHED_SETAFFINITY = 203;
    static final int SCHED_GETAFFINITY = 204;
    static final int GETDENTS64 = 217;
    static final int OPENAT = 257;
    static final int MKDIRAT = 258;
    static final int MKNODAT = 259;
    static final int FCHOWNAT = 260;
    static final int UNLINKAT = 263;
    static final int LINKAT = 265;
    static final int SYMLINKAT = 266;
    static final int READLINKAT = 267;
    static final int FCHMODAT = 268;
    static final int UNSHARE = 272;
    static final int SYNC_FILE_RANGE = 277;
    static final int UTIMENSAT = 280;
    static final int FALLOCATE = 285;
    static final int ACCEPT4 = 288;
    static final int SIGNALFD4 = 289;
    static final int PIPE2 = 293;
    static final int NAME_TO_HANDLE_AT = 303;
    static final int OPEN_BY_HANDLE_AT = 304;
    static final int SYNCFS = 306;
    static final int RENAMEAT2 = 316;
    static final int COPY_FILE_RANGE = 326;
    static final int STATX = 332;
    static final int IO_URING_SETUP = 425;
    static final int IO_URING_ENTER = 426;
    static final int OPEN_TREE = 428;
    static final int MOVE_MOUNT = 429;
    static final int FSOPEN = 430;
    static final int FSCONFIG = 431;
    static final int FSMOUNT = 432;
    static final int OPENAT2 = 437;
    static final int MOUNT_SETATTR = 442;
    static final int FCHMODAT2 = 452;
    static final int SETXATTRAT = 463;
    static final int GETXATTRAT = 464;
    static final int LISTXATTRAT = 465;
    static final int REMOVEXATTRAT = 466;

    private static final long FUNCTION = DirectCall.address("syscall");
    private static final MethodHandle CALL = DirectCall.ofLongs(7);

    private Syscall() {}

    /** The result, or the error number negated, as the kernel itself returns it. {@code EINTR} comes back like any other. */
    static long call(Scratch scratch, long number, long a, long b, long c, long d, long e, long f) {
        try {
            long result = (long) CALL.invokeExact(FUNCTION, scratch.errno.address(), number, a, b, c, d, e, f);
            return result == -1 ? -scratch.errno.getInt(0) : result;
        } catch (RuntimeException | Error unchecked) {
            throw unchecked;
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing checked", impossible);
        }
    }

    static long call(Scratch scratch, long number, long a, long b, long c, long d, long e) {
        return call(scratch, number, a, b, c, d, e, 0);
    }

    static long call(Scratch scratch, long number, long a, long b, long c, long d) {
        return call(scratch, number, a, b, c, d, 0, 0);
    }

    static long call(Scratch scratch, long number, long a, long b, long c) {
        return call(scratch, number, a, b, c, 0, 0, 0);
    }

    static long call(Scratch scratch, long number, long a, long b) {
        return call(scratch, number, a, b, 0, 0, 0, 0);
    }

    static long call(Scratch scratch, long number, long a) {
        return call(scratch, number, a, 0, 0, 0, 0, 0);
    }

    /** Whether a result of {@link #call} is an error that the caller should simply try again. */
    static boolean interrupted(long result) {
        return result == -Errno.EINTR.code();
    }

    /** Passes a result on, or throws what it stands for. {@code what} is joined only for the exception. */
    static long check(long result, String call) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(Errno.of((int) -result), call);
        }
        return result;
    }

    static long check(long result, String call, Object subject) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(Errno.of((int) -result), call + " " + subject);
        }
        return result;
    }
}
