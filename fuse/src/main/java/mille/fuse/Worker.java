package mille.fuse;

import java.util.concurrent.CountDownLatch;
import mille.linux.ErrnoException;
import org.jspecify.annotations.Nullable;

/** One thread that serves requests until the connection ends. */
abstract class Worker implements Runnable {
    final FuseFileSystem fileSystem;
    private final CountDownLatch started = new CountDownLatch(1);

    // Written before started counts down.
    private @Nullable Throwable failure;

    Worker(FuseFileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    /** What the thread needs before it is at work. */
    void prepare() throws ErrnoException {}

    /** What it has served so far. */
    abstract RequestCounters counters();

    /** Returns when there is no connection any more. */
    abstract void serve();

    /** Waits until the worker is at work, or has failed to begin. */
    final void awaitStart() throws ErrnoException, InterruptedException {
        started.await();
        Throwable failed = failure;
        if (failed instanceof ErrnoException errno) {
            throw errno;
        }
        if (failed instanceof RuntimeException unforeseen) {
            throw unforeseen;
        }
        if (failed != null) {
            throw new IllegalStateException("a worker could not start", failed);
        }
    }

    @Override
    public final void run() {
        try {
            fileSystem.workerStarted();
            prepare();
        } catch (ErrnoException | RuntimeException | Error failed) {
            failure = failed;
            return;
        } finally {
            started.countDown();
        }
        serve();
    }
}
