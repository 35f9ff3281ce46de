package mille.fuse;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mille.linux.Cpus;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.LateLogger;
import mille.linux.SystemCallThread;

/**
 * A mounted file system and the threads that serve it.
 *
 * <pre>{@code
 * try (FuseSession session = FuseSession.mount(
 *         new HelloFileSystem(), Path.of("/mnt"), FuseMountOptions.of("hello"), SessionOptions.defaults())) {
 *     session.awaitEnd(); // umount /mnt
 * }
 * }</pre>
 *
 * <p>Life: the device is mounted, INIT is answered, each worker gets a descriptor of its own, requests are served; the mount goes, by
 * {@link #close} or by anybody's {@code umount}, each worker reads ENODEV and ends, the file system is told.
 */
public final class FuseSession implements AutoCloseable {
    private static final System.Logger LOG = LateLogger.of("mille.fuse");
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final Duration LAST_GRACE = Duration.ofSeconds(10);

    private final FuseMount mount;
    private final FuseFileSystem fileSystem;
    private final List<Device> devices;
    private final FuseConnection connection;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    private FuseSession(FuseMount mount, FuseFileSystem fileSystem, List<Fd> devices, Negotiated negotiated) {
        this.mount = mount;
        this.fileSystem = fileSystem;
        this.devices = devices.stream().map(Device::new).toList();
        this.connection = new FuseConnection(this.devices.getFirst(), negotiated);
    }

    /**
     * Mounts a file system at an existing directory; it can be used when this returns.
     *
     * @throws IOException what {@code mount(2)} says, or the file system in {@link FuseFileSystem#connected}; nothing is mounted then
     */
    public static FuseSession mount(
            FuseFileSystem fileSystem, Path target, FuseMountOptions mountOptions, SessionOptions options)
            throws IOException {
        boolean rings = RingWorker.isPossible(options);
        Fd device = Device.open();
        FuseMount mount;
        try {
            mount = FuseMount.attach(device, target, mountOptions);
        } catch (IOException | RuntimeException | Error failed) {
            device.close();
            throw failed;
        }
        return serve(mount, device, fileSystem, options, rings);
    }

    /** Answers INIT and all that comes after it. What fails unmounts. */
    static FuseSession serve(
            FuseMount mount, Fd device, FuseFileSystem fileSystem, SessionOptions options, boolean rings)
            throws IOException {
        List<Fd> fds = new ArrayList<>(List.of(device));
        try {
            Negotiated negotiated = RingWorker.confirm(Handshake.perform(device, options, rings), device);
            RingWorker.requireAgreed(options, negotiated);
            boolean byRings = negotiated.has(Capability.OVER_IO_URING);
            while (!byRings && fds.size() < options.workers()) {
                fds.add(Device.cloneOf(device));
            }
            return begin(mount, fileSystem, fds, negotiated, options);
        } catch (IOException | RuntimeException | Error failed) {
            fds.forEach(Fd::close); // the last one closed ends the connection: the unmount finds nobody to wait for
            mount.detach();
            throw failed;
        }
    }

    /**
     * Goes on with a mount whose server has ended while somebody kept its descriptors open. What that one had begun to serve is asked again,
     * where HAS_RESEND was agreed on, marked as {@link Request#isResent}.
     *
     * @param devices the connection's descriptors, one a worker; owned by the session from here on. The requests that a descriptor's worker
     *     had taken fail when it is closed, so whoever keeps the mount alive keeps all of them
     * @param negotiated what the first server agreed on
     * @throws IllegalArgumentException where that was to have requests come over io_uring: those that a server held when it ended are lost
     */
    public static FuseSession resume(
            FuseFileSystem fileSystem, Path target, List<Fd> devices, Negotiated negotiated, SessionOptions options)
            throws IOException {
        if (negotiated.has(Capability.OVER_IO_URING)) {
            throw new IllegalArgumentException("a mount that is served over io_uring can't be taken over");
        }
        FuseSession session = begin(FuseMount.at(target), fileSystem, devices, negotiated, options);
        if (negotiated.has(Capability.HAS_RESEND)) {
            session.connection.resend();
        }
        return session;
    }

    private static FuseSession begin(
            FuseMount mount, FuseFileSystem fileSystem, List<Fd> fds, Negotiated negotiated, SessionOptions options)
            throws IOException {
        FuseSession session = new FuseSession(mount, fileSystem, fds, negotiated);
        fileSystem.connected(session.connection);
        try {
            session.start(options);
        } catch (IOException | RuntimeException | Error failed) {
            session.close();
            throw failed;
        }
        return session;
    }

    /**
     * With rings, the device is read as well: for FORGET and INTERRUPT, which come there, and to learn of the end. All queues are served, as a
     * request in one that isn't would never be answered.
     */
    private List<Worker> workers(SessionOptions options) throws IOException {
        Negotiated negotiated = connection.negotiated();
        boolean rings = negotiated.has(Capability.OVER_IO_URING);
        Interrupts interrupts = new Interrupts();
        Shift shift = new Shift();
        List<Worker> workers = new ArrayList<>();
        for (Device device : devices) {
            workers.add(new DeviceWorker(
                    device, fileSystem, negotiated, interrupts, shift, rings ? 0 : options.spinNanos()));
        }
        int queues = rings ? Cpus.possible() : 0;
        for (int worker = 0; worker < queues * options.workers(); worker++) {
            workers.add(new RingWorker(devices.getFirst(), worker % queues, fileSystem, negotiated, interrupts));
        }
        workers.forEach(worker -> connection.addCounters(worker.counters()));
        return workers;
    }

    private void start(SessionOptions options) throws IOException {
        List<Worker> workers = workers(options);
        CountDownLatch atWork = new CountDownLatch(workers.size());
        for (int i = 0; i < workers.size(); i++) {
            Worker worker = workers.get(i);
            threads.add(new SystemCallThread(options.name() + "-" + i, () -> {
                try {
                    worker.run();
                } finally {
                    atWork.countDown();
                }
            }));
        }
        Thread.ofPlatform().daemon().name(options.name() + "-end").start(() -> awaitWorkers(atWork));
        threads.forEach(Thread::start);
        try {
            for (Worker worker : workers) {
                worker.awaitStart();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the session started", interrupted);
        }
    }

    /** The last worker gone, nothing is asked any more. */
    private void awaitWorkers(CountDownLatch atWork) {
        try {
            atWork.await();
        } catch (InterruptedException interrupted) {
            LOG.log(Level.ERROR, "the thread that waits for a session's end was interrupted", interrupted);
        }
        devices.forEach(Device::close);
        try {
            fileSystem.disconnected();
        } catch (RuntimeException | Error unforeseen) {
            LOG.log(Level.ERROR, "a file system failed at its end", unforeseen);
        }
        ended.countDown();
    }

    /** Where it is mounted. */
    public Path target() {
        return mount.target();
    }

    /** What is agreed on, and notifications. */
    public FuseConnection connection() {
        return connection;
    }

    /** Waits until it is unmounted, by {@link #close} or by anybody else, and the last request served. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /**
     * @return whether it ended in that time
     */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Unmounts and waits for the workers. A busy mount goes out of sight at once and its users get errors; so do those of other places where
     * it was bound.
     *
     * @throws ErrnoException EBUSY where something else was mounted over it; the session has ended even so, and what is left answers errors
     */
    @Override
    public void close() throws ErrnoException {
        if (ended.getCount() == 0) {
            return;
        }
        try {
            mount.detach();
        } catch (ErrnoException failed) {
            mount.abort();
            throw failed;
        } finally {
            awaitLastRequests();
        }
    }

    private void awaitLastRequests() {
        if (!awaits(GRACE)) {
            mount.abort();
            if (!awaits(LAST_GRACE)) {
                LOG.log(Level.ERROR, "a worker of {0} is stuck in a request", mount.target());
            }
        }
    }

    private boolean awaits(Duration grace) {
        try {
            return ended.await(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
