package mille.fuse;

import java.lang.System.Logger.Level;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.FileData;
import mille.linux.LateLogger;
import mille.linux.NativeBuffer;
import mille.linux.Readiness;

/** One thread that serves requests from its descriptor of {@code /dev/fuse}. */
final class DeviceWorker extends Worker {
    private static final System.Logger LOG = LateLogger.of("mille.fuse");

    /** What {@link #serveNext} returns once there is no connection any more. */
    private static final int ENDED = -Errno.ENODEV.code();

    /** In place of a time. */
    static final long NOTHING = 0;

    /** After as many requests that each came soon after the one before, looking for the next is worth a try. */
    private static final int LOOK_WORTH = 4;

    /** Where looking is in vain again and again, as others use the CPUs, twice as many are wanted each time, up to these. */
    private static final int LOOK_WORTH_AT_MOST = 1024;

    /** Pauses between two looks at the device, each of which takes a lock that callers need. */
    private static final int PAUSES = 8;

    private final Device device;
    private final Exchange exchange;
    private final Dispatcher dispatcher;
    private final Shift shift;
    private final long spinNanos;

    private int lookWorth = LOOK_WORTH;

    /** When the last request was read ({@link System#nanoTime}). */
    private long readAt;

    private volatile long servingSince = NOTHING;

    DeviceWorker(
            Device device,
            FuseFileSystem fileSystem,
            Negotiated negotiated,
            Interrupts interrupts,
            Shift shift,
            long spinNanos) {
        super(fileSystem);
        this.device = device;
        this.exchange = Exchange.ofMessages(negotiated.transferBytes());
        this.dispatcher = new Dispatcher(fileSystem, exchange, negotiated, interrupts, this::answerLater);
        this.shift = shift;
        this.spinNanos = spinNanos;
        interrupts.add(exchange);
    }

    @Override
    RequestCounters counters() {
        return dispatcher.counters();
    }

    @Override
    void serve() {
        if (spinNanos == 0) {
            serveSleeping();
            return;
        }
        try {
            serveInShifts();
        } catch (ErrnoException failed) {
            LOG.log(Level.ERROR, "a worker can't switch its descriptor", failed);
        }
    }

    private void serveSleeping() {
        while (serveNext() != ENDED) {}
    }

    /** Sleeps while requests are rare; goes on duty, or keeps watch beside who is, while they follow each other closely. */
    private void serveInShifts() throws ErrnoException {
        int closeTogether = 0;
        while (true) {
            long before = shift.lastServedAt();
            if (serveNext() == ENDED) {
                return;
            }
            closeTogether = readAt - before < spinNanos ? closeTogether + 1 : 0;
            if (shift.isHeld()) {
                if (keepWatch() == ENDED) {
                    return;
                }
            } else if (closeTogether >= lookWorth && shift.begin(this)) {
                if (beOnDuty() == ENDED) {
                    return;
                }
                closeTogether = 0;
            }
        }
    }

    private int beOnDuty() throws ErrnoException {
        try {
            return shift.mayLook() ? look() : serveAlone();
        } finally {
            shift.end(this);
        }
    }

    /** Serves what comes until who keeps watch has found that nothing does, or has taken over. */
    private int serveAlone() {
        while (shift.isOnDuty(this)) {
            if (serveNext() == ENDED) {
                return ENDED;
            }
        }
        return 0;
    }

    private int look() throws ErrnoException {
        Readiness.setBlocking(device.fd, false);
        try {
            return lookAndServe();
        } finally {
            Readiness.setBlocking(device.fd, true);
        }
    }

    /** Looks for requests until none has come for a while, or another worker has taken over. */
    private int lookAndServe() {
        long now = System.nanoTime();
        long until = now + spinNanos;
        int served = 0;
        while (now < until && shift.isOnDuty(this)) {
            int result = serveNext();
            if (result == ENDED) {
                return ENDED;
            }
            now = System.nanoTime();
            if (result == 0) {
                until = now + spinNanos;
                served++;
            } else {
                for (int i = 0; i < PAUSES; i++) {
                    Thread.onSpinWait();
                }
            }
        }
        lookWorth = served > LOOK_WORTH ? LOOK_WORTH : Math.min(2 * lookWorth, LOOK_WORTH_AT_MOST);
        return 0;
    }

    private int keepWatch() throws ErrnoException {
        boolean relieves = false;
        int result = 0;
        long lastSeen = NOTHING;
        shift.join();
        try {
            while (shift.isHeld() && !relieves && result != ENDED) {
                shift.watch();
                long seen = shift.progress();
                if (seen == lastSeen) { // none in a whole tick, in which whoever is on duty could run
                    relieves = shift.relieve(this);
                    if (!relieves) {
                        shift.endIfVain();
                    }
                }
                lastSeen = seen;
                if (!relieves && shift.mayHelp() && shift.isHeld()) {
                    result = serveWaiting();
                }
            }
        } finally {
            shift.leave();
        }
        return relieves ? beOnDuty() : result;
    }

    /** What has piled up already. */
    private int serveWaiting() throws ErrnoException {
        Readiness.setBlocking(device.fd, false);
        try {
            int result;
            do {
                result = serveNext();
            } while (result == 0);
            return result;
        } finally {
            Readiness.setBlocking(device.fd, true);
        }
    }

    /** When the request that it is serving now came ({@link System#nanoTime}), {@link #NOTHING} where it serves none; any thread may ask. */
    long servingSince() {
        return servingSince;
    }

    /** Whether the request that it is serving now came longer ago than that; any thread may ask. */
    boolean hasServedFor(long nanos) {
        long since = servingSince;
        return since != NOTHING && System.nanoTime() - since > nanos;
    }

    /** One request, read, served and answered; returns 0 or the error that reading gave, negated. */
    private int serveNext() {
        NativeBuffer in = exchange.inBuffer;
        int length = FileData.tryRead(device.fd, in, (int) in.sizeBytes());
        if (length < 0) {
            return failedRead(-length);
        }
        readAt = System.nanoTime();
        if (spinNanos > 0) {
            servingSince = readAt;
        }
        int replyLength = dispatcher.dispatch(length, readAt);
        if (replyLength != Dispatcher.NO_REPLY) {
            int result = FileData.tryWrite(device.fd, exchange.outBuffer, replyLength);
            if (result < 0) {
                failedWrite(-result, replyLength);
            }
        }
        if (spinNanos > 0) {
            servingSince = NOTHING;
            shift.served(System.nanoTime());
        }
        return 0;
    }

    /**
     * ENODEV: unmounted. EINTR and EAGAIN: nothing yet. ENOENT: the request was taken back by an interrupt while it was read. All else isn't
     * foreseen; a worker that can't read is of no use, and ends.
     */
    private static int failedRead(int code) {
        if (code == Errno.ENODEV.code() || code == Errno.ECONNABORTED.code()) {
            return ENDED;
        }
        if (code != Errno.EINTR.code() && code != Errno.EAGAIN.code() && code != Errno.ENOENT.code()) {
            LOG.log(Level.ERROR, "reading /dev/fuse failed: {0}", Errno.of(code));
            return ENDED;
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
