package mille.linux;

import org.jspecify.annotations.Nullable;

/** Changing mode, owner and times. No call here follows a symlink in the last component. */
public final class FileAttributes {
    /** For {@link #setTimes}: the time of the call. */
    public static final Stat.Time NOW = new Stat.Time(0, (1 << 30) - 1);

    private static final Stat.Time OMIT = new Stat.Time(0, (1 << 30) - 2);
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;

    private FileAttributes() {}

    /**
     * @param permissions the lower twelve bits
     * @throws ErrnoException EOPNOTSUPP for a symlink, whose mode can't be changed
     */
    public static void setMode(Fd directory, Name name, int permissions) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long result = Syscall.call(
                scratch, Syscall.FCHMODAT2, directory.number(), scratch.path(name), permissions, AT_SYMLINK_NOFOLLOW);
        if (result == -Errno.ENOSYS.code()) { // before Linux 6.6
            try (Fd file = directory.openAt(name, O.PATH | O.NOFOLLOW)) {
                setMode(file, permissions);
            }
            return;
        }
        Syscall.check(result, "chmod", name);
    }

    /** Of an open file, {@code O_PATH} included. */
    public static void setMode(Fd file, int permissions) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long result = Syscall.call(scratch, Syscall.FCHMOD, file.number(), permissions);
        if (result == -Errno.EBADF.code() && !file.isClosed()) { // O_PATH
            result = Syscall.call(
                    scratch, Syscall.FCHMODAT, Fd.CWD.number(), scratch.path(file.procPathBytes()), permissions);
        }
        Syscall.check(result, "chmod", file);
    }

    /**
     * @param uid -1 leaves that one as it is
     */
    public static void setOwner(Fd directory, Name name, int uid, int gid) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(
                        scratch,
                        Syscall.FCHOWNAT,
                        directory.number(),
                        scratch.path(name),
                        uid,
                        gid,
                        AT_SYMLINK_NOFOLLOW),
                "chown",
                name);
    }

    /**
     * Of an open file, {@code O_PATH} included.
     *
     * @param uid -1 leaves that one as it is
     */
    public static void setOwner(Fd file, int uid, int gid) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(scratch, Syscall.FCHOWNAT, file.number(), scratch.emptyPath(), uid, gid, AT_EMPTY_PATH),
                "chown",
                file);
    }

    /**
     * @param accessed null leaves that one as it is, {@link #NOW} takes the kernel's clock
     */
    public static void setTimes(Fd directory, Name name, Stat.@Nullable Time accessed, Stat.@Nullable Time modified)
            throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(
                        scratch,
                        Syscall.UTIMENSAT,
                        directory.number(),
                        scratch.path(name),
                        times(scratch, accessed, modified),
                        AT_SYMLINK_NOFOLLOW),
                "utimensat",
                name);
    }

    /**
     * Of an open file, {@code O_PATH} included.
     *
     * @param accessed as above
     */
    public static void setTimes(Fd file, Stat.@Nullable Time accessed, Stat.@Nullable Time modified)
            throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(
                        scratch,
                        Syscall.UTIMENSAT,
                        file.number(),
                        scratch.emptyPath(),
                        times(scratch, accessed, modified),
                        AT_EMPTY_PATH),
                "utimensat",
                file);
    }

    private static long times(Scratch scratch, Stat.@Nullable Time accessed, Stat.@Nullable Time modified) {
        put(scratch.struct, 0, accessed);
        put(scratch.struct, 16, modified);
        return scratch.struct.address();
    }

    private static void put(NativeBuffer timespec, long at, Stat.@Nullable Time time) {
        Stat.Time given = time == null ? OMIT : time;
        timespec.putLong(at, given.seconds());
        timespec.putLong(at + 8, given.nanos());
    }
}
