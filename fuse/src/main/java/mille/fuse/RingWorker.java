package mille.fuse;

import java.io.IOException;
import java.lang.System.Logger.Level;
import mille.linux.Cpus;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.IoUring;
import mille.linux.LateLogger;
import mille.linux.NativeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One thread that serves a CPU's queue over io_uring ({@code Documentation/filesystems/fuse/fuse-io-uring.rst}), on that CPU where it may
 * run there.
 *
 * <p>It has one place in the queue, with memory that the kernel puts a request into. What it answers and the wish for the next request are
 * one command. A queue has as many places as workers: one that is held up by a request takes no other.
 */
final class RingWorker extends Worker {
    private static final System.Logger LOG = LateLogger.of("mille.fuse");
    private static final int FUSE_IO_URING_CMD_REGISTER = 1;
    private static final int FUSE_IO_URING_CMD_COMMIT_AND_FETCH = 2;
    private static final NativeBuffer NO_BUFFERS = NativeBuffer.allocate(2 * Long.BYTES);

    private final Device device;
    private final int queue;
    private final Exchange exchange;
    private final Dispatcher dispatcher;
    private final NativeBuffer places;
    private @Nullable IoUring ring;

    /**
     * @param queue the number of its CPU
     */
    RingWorker(Device device, int queue, FuseFileSystem fileSystem, Negotiated negotiated, Interrupts interrupts) {
        super(fileSystem);
        this.device = device;
        this.queue = queue;
        this.exchange = Exchange.ofRing(negotiated.transferBytes());
        this.dispatcher = new Dispatcher(fileSystem, exchange, negotiated, interrupts, RingWorker::answerLater);
        this.places = Exchange.ringPlaces(exchange, negotiated.transferBytes());
        interrupts.add(exchange);
    }

    /**
     * Whether requests can come over io_uring as far as this side is concerned.
     *
     * @throws IOException where it is asked for and can't be, with a sentence that says why
     */
    static boolean isPossible(SessionOptions options) throws IOException {
        boolean demanded = options.transport() == Transport.URING;
        if (options.transport() == Transport.DEVICE) {
            return false;
        }
        if (options.capabilities().contains(Capability.POSIX_LOCKS)
                || options.capabilities().contains(Capability.FLOCK_LOCKS)) {
            if (demanded) {
                throw new IOException("a file system with locks of its own can't be served over io_uring");
            }
            return false;
        }
        try (IoUring _ = IoUring.open(1)) {
            return Cpus.possible() > 0;
        } catch (ErrnoException refused) {
            if (demanded) {
                throw new IOException(
                        "the kernel gives us no io_uring (" + refused.errno().sentence() + ")", refused);
            }
            return false;
        }
    }

    /**
     * What holds of an agreement that has requests come over io_uring: the kernel reads its switch again when it takes our answer to INIT, and
     * doesn't say so if somebody has turned it off since it asked. It does say so to a command, even to one that means nothing yet.
     */
    static Negotiated confirm(Negotiated negotiated, Fd device) throws ErrnoException {
        if (!negotiated.has(Capability.OVER_IO_URING)) {
            return negotiated;
        }
        try (IoUring ring = IoUring.open(1)) {
            ring.prepareCommand(device, FUSE_IO_URING_CMD_COMMIT_AND_FETCH, NO_BUFFERS, 0, 0, 0);
            int result;
            do {
                result = ring.submit(1);
            } while (result == -Errno.EINTR.code());
            boolean refused = ring.hasCompletion() && ring.result() == -Errno.EOPNOTSUPP.code();
            return refused ? negotiated.without(Capability.OVER_IO_URING) : negotiated;
        }
    }

    /**
     * @throws IOException where io_uring is asked for and the kernel didn't agree
     */
    static void requireAgreed(SessionOptions options, Negotiated negotiated) throws IOException {
        if (options.transport() == Transport.URING && !negotiated.has(Capability.OVER_IO_URING)) {
            throw new IOException("the kernel doesn't offer FUSE over io_uring:"
                    + " it takes Linux 6.14 and Y in /sys/module/fuse/parameters/enable_uring");
        }
    }

    /** Requests wait until there is a worker for each CPU. */
    @Override
    void prepare() throws ErrnoException {
        boolean _ = Cpus.pin(queue); // elsewhere than on its CPU it serves as well, if slower
        IoUring opened = IoUring.open(1);
        ring = opened;
        prepareCommand(opened, FUSE_IO_URING_CMD_REGISTER, 0);
        int result;
        do {
            result = opened.submit(0);
        } while (result == -Errno.EINTR.code());
        if (result == 0 && opened.hasCompletion() && opened.result() < 0) {
            result = opened.result(); // otherwise it is the first request's
        }
        if (result < 0) {
            opened.close();
            throw new ErrnoException(Errno.of(-result), "register with FUSE over io_uring");
        }
    }

    private void prepareCommand(IoUring on, int command, long commitId) {
        on.prepareCommand(device.fd, command, places, 0, commitId, queue);
    }

    @Override
    RequestCounters counters() {
        return dispatcher.counters();
    }

    @Override
    void serve() {
        try (IoUring open = ring) {
            while (open != null && serveNext(open)) {}
        }
    }

    /** Waits for one request, and prepares the answer for the next call to send; returns false at the end of the connection. */
    private boolean serveNext(IoUring on) {
        int result = on.submit(1);
        if (result < 0) {
            if (result == -Errno.EINTR.code()) {
                return true;
            }
            LOG.log(Level.ERROR, "waiting for requests on a ring failed: {0}", Errno.of(-result));
            return false;
        }
        while (on.hasCompletion()) {
            int answer = on.result();
            on.take();
            if (answer < 0) {
                ended(-answer);
                return false;
            }
            prepareCommand(on, FUSE_IO_URING_CMD_COMMIT_AND_FETCH, serveRequest());
        }
        return true;
    }

    /** Returns the number under which the reply is to be committed. */
    private long serveRequest() {
        NativeBuffer memory = exchange.inBuffer;
        long commitId = memory.getLong(Wire.Newer.URING_COMMIT_ID);
        long payloadBytes = Integer.toUnsignedLong(memory.getInt(Wire.Newer.URING_PAYLOAD_BYTES));
        int length = dispatcher.dispatch(Exchange.RING_PAYLOAD + payloadBytes, System.nanoTime());
        if (length == Dispatcher.NO_REPLY) { // those come by the device: answering frees the place
            exchange.fail(Errno.ENOSYS);
            length = exchange.seal(exchange.unique());
        }
        memory.putInt(Wire.Newer.URING_PAYLOAD_BYTES, length - Wire.OutHeader.BYTES);
        return commitId;
    }

    private void ended(int code) {
        if (code != Errno.ENOTCONN.code() && code != Errno.ECONNABORTED.code() && code != Errno.ECANCELED.code()) {
            LOG.log(Level.ERROR, "the kernel refused a reply to {0} over io_uring: {1}", exchange, Errno.of(code));
        }
    }

    /** Only locks are answered later, and those aren't served over io_uring. */
    private static void answerLater(long unique, int errorCode) {
        throw new IllegalStateException("request " + unique + " can't be answered later over io_uring");
    }
}
