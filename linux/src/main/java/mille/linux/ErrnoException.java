package mille.linux;

import java.io.IOException;

/**
 * A system call failed.
 *
 * <p>It has no stack trace unless the system property {@code mille.debug} is set: a file system answers many requests with an error and
 * nobody reads the trace.
 */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1;
    private static final boolean WITH_TRACE = Boolean.getBoolean("mille.debug");

    private final Errno errno;

    /**
     * @param what the call, and its object where that helps a reader, such as {@code "openat etc/passwd"}
     */
    public ErrnoException(Errno errno, String what) {
        super(what + ": " + errno + " (" + errno.sentence() + ")");
        this.errno = errno;
    }

    public Errno errno() {
        return errno;
    }

    @Override
    @SuppressWarnings(
            "UnsynchronizedOverridesSynchronized") // nothing is shared: the trace is filled in by the constructor alone
    public Throwable fillInStackTrace() {
        return WITH_TRACE ? super.fillInStackTrace() : this;
    }
}
