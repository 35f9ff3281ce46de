package mille.linux;

import java.nio.file.Path;

/** The mount table and word of its changes ({@code proc_pid_mountinfo(5)}: it can be polled). */
public final class MountWatch implements AutoCloseable {
    private final Fd mountinfo;

    private MountWatch(Fd mountinfo) {
        this.mountinfo = mountinfo;
    }

    /** Changes count from here on. */
    public static MountWatch open() throws ErrnoException {
        return new MountWatch(Fd.open(Path.of("/proc/self/mountinfo"), O.RDONLY));
    }

    /** As it is now. */
    public MountTable read() throws ErrnoException {
        FileData.seek(mountinfo, 0, FileData.SEEK_SET);
        return MountTable.read(mountinfo);
    }

    /**
     * Returns when something was mounted or unmounted since the last call (or since this object was opened), or a signal came.
     *
     * @param timeoutMillis -1 waits without end
     * @return whether there is a change
     */
    public boolean awaitChange(int timeoutMillis) throws ErrnoException {
        return Readiness.await(mountinfo, Readiness.POLLPRI, timeoutMillis);
    }

    @Override
    public void close() {
        mountinfo.close();
    }
}
