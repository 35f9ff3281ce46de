package mille.engine.run;

import java.io.IOException;
import java.time.Duration;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.NativeBuffer;
import org.jspecify.annotations.Nullable;

/** Copies one descriptor to another in a thread of its own, until the end of the first or until nobody reads the second. */
final class StreamCopy {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Fd from;
    private final Fd to;
    private final LogFile.@Nullable Writer log;
    private final Thread thread;
    private final Runnable atEnd;
    private volatile @Nullable IOException failure;

    /**
     * @param log hears everything too
     * @param atEnd called when copying is over, such as to close a descriptor
     */
    StreamCopy(String name, Fd from, Fd to, LogFile.@Nullable Writer log, Runnable atEnd) {
        this.from = from;
        this.to = to;
        this.log = log;
        this.atEnd = atEnd;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * Waits for its end.
     *
     * @return false where it still goes on after that time
     * @throws IOException what the log's disk said
     */
    boolean join(Duration limit) throws IOException {
        try {
            if (!thread.join(limit)) {
                return false;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
        IOException failed = failure;
        if (failed != null) {
            throw failed;
        }
        return true;
    }

    private void run() {
        try {
            copy();
        } catch (ErrnoException e) {
            // EPIPE: our reader went away, and the container shall see that as it would in a shell's pipeline.
            // EIO: the last process on a terminal has closed it.
            if (e.errno() != Errno.EPIPE && e.errno() != Errno.EIO) {
                failure = e;
            }
        } catch (IOException e) {
            failure = e;
        } finally {
            atEnd.run();
        }
    }

    private void copy() throws IOException {
        NativeBuffer buffer = NativeBuffer.allocate(BUFFER_BYTES);
        try {
            while (true) {
                int length = FileData.read(from, buffer, 0, BUFFER_BYTES);
                if (length == 0) {
                    return;
                }
                if (log != null) {
                    log.write(buffer.getBytes(0, length));
                }
                for (int written = 0; written < length; ) {
                    written += FileData.write(to, buffer, written, length - written);
                }
            }
        } finally {
            if (log != null) {
                log.flush();
            }
        }
    }
}
