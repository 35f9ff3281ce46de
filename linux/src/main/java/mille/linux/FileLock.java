package mille.linux;

/** Whole-file locks of an open file ({@code flock(2)}): gone when the last descriptor of that open file closes, however that happens. */
public final class FileLock {
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;

    private FileLock() {}

    /**
     * @return false where somebody else holds a lock that excludes this one
     */
    public static boolean tryExclusive(Fd file) throws ErrnoException {
        long result = Syscall.call(Scratch.get(), Syscall.FLOCK, file.number(), LOCK_EX | LOCK_NB);
        if (result == -Errno.EAGAIN.code()) {
            return false;
        }
        Syscall.check(result, "flock");
        return true;
    }

    /** Waits for it. */
    public static void exclusive(Fd file) throws ErrnoException {
        lock(file, LOCK_EX);
    }

    /** Waits for it; shared with others who ask for a shared one. */
    public static void shared(Fd file) throws ErrnoException {
        lock(file, LOCK_SH);
    }

    private static void lock(Fd file, int operation) throws ErrnoException {
        long result;
        do {
            result = Syscall.call(Scratch.get(), Syscall.FLOCK, file.number(), operation);
        } while (Syscall.interrupted(result));
        Syscall.check(result, "flock");
    }
}
