package mille.fuse;

import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.NativeBuffer;
import mille.linux.Readiness;
import org.jspecify.annotations.Nullable;

/** One thread that serves requests from its descriptor of {@code /dev/fuse} until the connection ends. */
final class DeviceWorker implements Runnable {
    private static final System.Logger LOG = System.getLogger("mille.fuse");

    /** A worker that found nothing while it spun doesn't spin again until requests come at least this close together. */
    private static final int SPIN_WORTH = 4;

    private final Device device;
    private final FuseFileSystem fileSystem;
    private final Exchange exchange;
    private final Dispatcher dispatcher;
    private final long spinNanos;
    private final CountDownLatch started = new CountDownLatch(1);

    // Written before started counts down.
    private @Nullable Throwable failure;

    DeviceWorker(
            Device device,
            FuseFileSystem fileSystem,
            Negotiated negotiated,
            Interrupts interrupts,
            SessionOptions options) {
        this.device = device;
        this.fileSystem = fileSystem;
        this.exchange = Exchange.ofMessages(negotiated.transferBytes());
        this.dispatcher = new Dispatcher(fileSystem, exchange, negotiated, interrupts, this::answerLater);
        this.spinNanos = options.spinNanos();
        interrupts.add(exchange);
    }

    /** Waits until the worker is at work, or has failed to begin. */
    void awaitStart() throws ErrnoException, InterruptedException {
        started.await();
        switch (failure) {
            case null -> {}
            case ErrnoException failed -> throw failed;
            case RuntimeException failed -> throw failed;
            case Throwable failed -> throw new IllegalStateException("a worker could not start", failed);
        }
    }

    @Override
    public void run() {
        try {
            if (spinNanos > 0) {
                Readiness.makeNonBlocking(device.fd);
            }
            fileSystem.workerStarted();
        } catch (ErrnoException | RuntimeException | Error failed) {
            failure = failed;
            return;
        } finally {
            started.countDown();
        }
        if (spinNanos > 0) {
            serveSpinning();
        } else {
            serveSleeping();
        }
    }

    private void serveSleeping() {
        while (serveNext() != -Errno.ENODEV.code()) {}
    }

    /**
     * Looks for requests for a while before it sleeps, as waking up may cost more than a request does. Where that was in vain, it sleeps at
     * once, until requests follow each other closely again.
     */
    private void serveSpinning() {
        long served = System.nanoTime();
        int closeTogether = SPIN_WORTH;
        while (true) {
            int result = serveNext();
            if (result == -Errno.ENODEV.code()) {
                return;
            }
            if (result != -Errno.EAGAIN.code()) {
                served = System.nanoTime();
                continue;
            }
            if (closeTogether >= SPIN_WORTH && System.nanoTime() - served < spinNanos) {
                Thread.onSpinWait();
                continue;
            }
            if (closeTogether >= SPIN_WORTH) {
                closeTogether = 0;
            }
            long asleep = System.nanoTime();
            try {
                Readiness.awaitReadable(device.fd, -1);
            } catch (ErrnoException failed) {
                LOG.log(Level.ERROR, "waiting for requests failed", failed);
                return;
            }
            served = System.nanoTime();
            closeTogether = served - asleep < spinNanos ? closeTogether + 1 : 0;
        }
    }

    /** One request, read, served and answered; returns 0 or the error that reading gave, negated. */
    private int serveNext() {
        Fd fd = device.fd;
        NativeBuffer in = exchange.inBuffer;
        int length = FileData.tryRead(fd, in, (int) in.sizeBytes());
        if (length < 0) {
            return failedRead(-length);
        }
        int replyLength = dispatcher.dispatch(length);
        if (replyLength != Dispatcher.NO_REPLY) {
            int result = FileData.tryWrite(fd, exchange.outBuffer, replyLength);
            if (result < 0) {
                failedWrite(-result, replyLength);
            }
        }
        return 0;
    }

    /**
     * ENODEV: unmounted. EINTR and EAGAIN: nothing yet. ENOENT: the request was taken back by an interrupt while it was read. All else isn't
     * foreseen; a worker that can't read is of no use, and ends.
     */
    private static int failedRead(int code) {
        if (code == Errno.ENODEV.code() || code == Errno.ECONNABORTED.code()) {
            return -Errno.ENODEV.code();
        }
        if (code != Errno.EINTR.code() && code != Errno.EAGAIN.code() && code != Errno.ENOENT.code()) {
            LOG.log(Level.ERROR, "reading /dev/fuse failed: {0}", Errno.of(code));
            return -Errno.ENODEV.code();
        }
        return -code;
    }

    /** ENOENT: the caller is gone (or the interrupted request, where it was INTERRUPT). ENODEV, EPERM: so is the mount. */
    private void failedWrite(int code, int length) {
        if (code != Errno.ENOENT.code() && code != Errno.ENODEV.code() && code != Errno.EPERM.code()) {
            LOG.log(
                    Level.ERROR,
                    "the kernel refused a reply of {0} bytes to {1}: {2}",
                    length,
                    exchange,
                    Errno.of(code));
        }
    }

    /** Sends an answer without a body, from any thread. */
    private void answerLater(long unique, int errorCode) {
        NativeBuffer message = NativeBuffer.allocate(Wire.OutHeader.BYTES);
        message.putInt(Wire.OutHeader.LEN, Wire.OutHeader.BYTES);
        message.putInt(Wire.OutHeader.ERROR, -errorCode);
        message.putLong(Wire.OutHeader.UNIQUE, unique);
        try {
            device.send(message, Wire.OutHeader.BYTES);
        } catch (ErrnoException gone) {
            LOG.log(Level.DEBUG, "a late answer found nobody", gone);
        }
    }
}
