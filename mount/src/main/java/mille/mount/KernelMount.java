package mille.mount;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.MountTable;
import mille.linux.MountWatch;
import mille.linux.Mounts;
import org.jspecify.annotations.Nullable;

/** An overlay that the kernel serves: nothing of ours has to run for it. */
final class KernelMount implements MountedOverlay {
    /** How often a waiting thread looks whether it was interrupted. */
    private static final int SLICE_MILLIS = 200;

    private final MountTable.Entry entry;
    private boolean closed;

    KernelMount(MountTable.Entry entry) {
        this.entry = entry;
    }

    @Override
    public Path merged() {
        return entry.mountPoint();
    }

    @Override
    public @Nullable String statistics() {
        return null;
    }

    @Override
    public void awaitUnmount() throws InterruptedException {
        try (MountWatch watch = MountWatch.open()) {
            while (isMountedIn(watch.read())) {
                watch.awaitChange(SLICE_MILLIS);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } catch (ErrnoException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isMountedIn(MountTable table) {
        return isOurs(table.withId(entry.id()));
    }

    /** An id is given again when a mount has gone, so it doesn't do alone. */
    private boolean isOurs(MountTable.@Nullable Entry other) {
        return other != null
                && other.id() == entry.id()
                && other.device() == entry.device()
                && other.mountPoint().equals(entry.mountPoint());
    }

    @Override
    public synchronized void close() throws IOException {
        MountTable table = MountTable.read();
        if (closed || !isMountedIn(table)) {
            closed = true;
            return;
        }
        if (!isOurs(table.at(merged()))) {
            throw new IOException("something else is mounted over " + merged() + "; unmount that first");
        }
        try {
            Mounts.unmount(merged(), 0);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EBUSY) {
                Mounts.unmount(merged(), Mounts.MNT_DETACH);
            } else if (e.errno() != Errno.EINVAL) { // EINVAL: somebody else was faster
                throw e;
            }
        }
        closed = true;
    }
}
