package mille.linux;

/** Waiting until a descriptor can be read ({@code poll(2)}), and the flag that makes a read not wait by itself. */
public final class Readiness {
    static final short POLLIN = 1;
    static final short POLLPRI = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;

    private Readiness() {}

    /**
     * Returns when there is something to read, an error or an end to learn of, or a signal came.
     *
     * @param timeoutMillis -1 waits without end
     * @return whether there is
     */
    public static boolean awaitReadable(Fd file, int timeoutMillis) throws ErrnoException {
        return await(file, POLLIN, timeoutMillis);
    }

    /** As {@link #awaitReadable} for any events; errors and hang-ups always count. */
    static boolean await(Fd file, short events, int timeoutMillis) throws ErrnoException {
        Scratch scratch = Scratch.get();
        var pollfd = scratch.struct;
        pollfd.putInt(0, file.number());
        pollfd.putShort(4, events);
        pollfd.putShort(6, (short) 0);
        long result = Syscall.call(scratch, Syscall.POLL, pollfd.address(), 1, timeoutMillis);
        return !Syscall.interrupted(result) && Syscall.check(result, "poll") > 0;
    }

    /**
     * @param blocking whether reads of this open file wait for something to read, or answer EAGAIN
     */
    public static void setBlocking(Fd file, boolean blocking) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long flags = Syscall.check(Syscall.call(scratch, Syscall.FCNTL, file.number(), F_GETFL), "fcntl F_GETFL");
        long wanted = blocking ? flags & ~O.NONBLOCK : flags | O.NONBLOCK;
        Syscall.check(Syscall.call(scratch, Syscall.FCNTL, file.number(), F_SETFL, wanted), "fcntl F_SETFL");
    }
}
