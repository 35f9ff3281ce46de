package mille.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * An open file descriptor and its owner: who holds the {@code Fd} closes it. All that are opened here have {@code O_CLOEXEC}.
 *
 * <p>Closing while another thread still uses the number is the caller's error; closing twice is not, and a call on a closed one answers
 * EBADF (ENOENT where the call goes by way of {@code /proc}), whoever has got its number since.
 */
public final class Fd implements AutoCloseable {
    /** {@code AT_FDCWD}: paths that start with a slash need no directory. Closing it does nothing. */
    public static final Fd CWD = new Fd(-100);

    private static final int RESOLVE_NO_MAGICLINKS = 0x02;
    private static final int RESOLVE_NO_SYMLINKS = 0x04;
    private static final int RESOLVE_BENEATH = 0x08;
    private static final int RESOLVE_IN_ROOT = 0x10;
    private static final int OPEN_HOW_FLAGS = 0;
    private static final int OPEN_HOW_MODE = 8;
    private static final int OPEN_HOW_RESOLVE = 16;
    private static final int OPEN_HOW_BYTES = 24;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int MAX_RACES = 1000;

    /** An updater rather than a VarHandle, which would make classes at each start. */
    private static final AtomicIntegerFieldUpdater<Fd> CLOSED =
            AtomicIntegerFieldUpdater.newUpdater(Fd.class, "closed");

    private final int number;

    private volatile int closed; // 0 or 1

    private Fd(int number) {
        this.number = number;
    }

    /**
     * Takes over a descriptor that was inherited or received, such as the {@code /dev/fuse} of a session that goes on. Whether it is closed
     * on exec stays as it is.
     */
    public static Fd adopt(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        return new Fd(number);
    }

    static Fd ofResult(long result, String call) throws ErrnoException {
        return new Fd((int) Syscall.check(result, call));
    }

    static Fd ofResult(long result, String call, Object subject) throws ErrnoException {
        return new Fd((int) Syscall.check(result, call, subject));
    }

    /**
     * Opens a path of the host, symlinks followed as ever.
     *
     * @param flags of {@link O}; {@code O_CLOEXEC} is added
     */
    public static Fd open(Path path, int flags) throws ErrnoException {
        return open(path, flags, 0);
    }

    /**
     * @param mode permission bits for {@code O_CREAT} and {@code O_TMPFILE}, less the process's umask
     */
    public static Fd open(Path path, int flags, int mode) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long name = scratch.path(HostPath.bytesOf(path));
        return ofResult(openAt(scratch, CWD.number, name, flags, mode), "open", path);
    }

    /**
     * Opens a name in this directory. A multi-component path is taken as trusted: use {@link #openBeneath} where it isn't.
     *
     * @param flags of {@link O}; {@code O_CLOEXEC} is added, {@code O_NOFOLLOW} is the caller's to give
     */
    public Fd openAt(Name name, int flags, int mode) throws ErrnoException {
        Scratch scratch = Scratch.get();
        return ofResult(openAt(scratch, number(), scratch.path(name), flags, mode), "open", name);
    }

    public Fd openAt(Name name, int flags) throws ErrnoException {
        return openAt(name, flags, 0);
    }

    private static long openAt(Scratch scratch, int directory, long name, int flags, int mode) {
        long result;
        do {
            result = Syscall.call(scratch, Syscall.OPENAT, directory, name, flags | O.CLOEXEC, mode);
        } while (Syscall.interrupted(result));
        return result;
    }

    /**
     * Opens a path that stays beneath this directory whatever it holds: no symlink is followed anywhere, nothing leads outside
     * ({@code openat2(2)} with {@code RESOLVE_BENEATH}, {@code RESOLVE_NO_SYMLINKS} and {@code RESOLVE_NO_MAGICLINKS}). A symlink as the last
     * component is opened itself with {@code O_PATH | O_NOFOLLOW}.
     *
     * @param mode 0 unless the flags create a file
     * @throws ErrnoException ELOOP at a symlink, EXDEV at a way out, EINVAL for flags that {@code open(2)} would silently ignore, EAGAIN where
     *     renames outrun the walk again and again, and what {@code open(2)} says
     */
    public Fd openBeneath(Name name, int flags, int mode) throws ErrnoException {
        return openWith(name, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    }

    /**
     * Opens a path as a process would whose root this directory is: symlinks are followed, absolute ones and {@code ..} end at this
     * directory ({@code openat2(2)} with {@code RESOLVE_IN_ROOT} and {@code RESOLVE_NO_MAGICLINKS}).
     *
     * @throws ErrnoException what {@code open(2)} says
     */
    public Fd openInRoot(Name name, int flags) throws ErrnoException {
        return openWith(name, flags, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    }

    private Fd openWith(Name name, int flags, int mode, int resolve) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long path = scratch.path(name);
        var how = scratch.struct;
        how.putLong(OPEN_HOW_FLAGS, flags | O.CLOEXEC);
        how.putLong(OPEN_HOW_MODE, mode);
        how.putLong(OPEN_HOW_RESOLVE, resolve);
        long result;
        int races = 0;
        do { // EAGAIN: a rename or mount raced with the walk, which the kernel asks to be repeated; a lease means it
            // for long
            result = Syscall.call(scratch, Syscall.OPENAT2, number(), path, how.address(), OPEN_HOW_BYTES);
        } while (Syscall.interrupted(result) || (result == -Errno.EAGAIN.code() && ++races < MAX_RACES));
        return ofResult(result, "openat2", name);
    }

    public Fd openBeneath(Name name, int flags) throws ErrnoException {
        return openBeneath(name, flags, 0);
    }

    /** A new descriptor for what an {@code O_PATH} descriptor names, with other flags; works for files that are unlinked too. */
    public Fd reopen(int flags) throws ErrnoException {
        Scratch scratch = Scratch.get();
        return ofResult(openAt(scratch, CWD.number, scratch.path(procPathBytes()), flags, 0), "reopen", this);
    }

    /** A second descriptor of the same open file ({@code F_DUPFD_CLOEXEC}). */
    public Fd duplicate() throws ErrnoException {
        return ofResult(
                Syscall.call(Scratch.get(), Syscall.FCNTL, number(), F_DUPFD_CLOEXEC, 0),
                "fcntl F_DUPFD_CLOEXEC",
                this);
    }

    /** The number itself, for mount options and messages that carry it; -1 once this object is closed. */
    public int number() {
        return isClosed() ? -1 : number;
    }

    /** {@code /proc/self/fd/N}: a path to the same object for calls that take no descriptor. */
    public Path procPath() {
        return Path.of(procPathText());
    }

    byte[] procPathBytes() {
        return procPathText().getBytes(StandardCharsets.US_ASCII);
    }

    private String procPathText() {
        return this == CWD ? "/proc/thread-self/cwd" : "/proc/self/fd/".concat(Integer.toString(number()));
    }

    public boolean isClosed() {
        return closed != 0;
    }

    /** Closes the number; what the kernel says of it is of no use any more (call {@link FileData#sync} where it matters). */
    @Override
    public void close() {
        if (number >= 0 && CLOSED.compareAndSet(this, 0, 1)) {
            Syscall.call(Scratch.get(), Syscall.CLOSE, number);
        }
    }

    @Override
    public String toString() {
        return "fd " + number;
    }
}
