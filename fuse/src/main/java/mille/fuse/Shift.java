package mille.fuse;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Which of a session's workers is on duty. While requests follow each other closely, one serves them all and looks for them without
 * sleeping, or, where there is a single CPU, is the only one that the kernel wakes; the others keep watch beside it, rather than be woken by
 * each request only to find it gone. When requests become rare the duty ends, and all sleep until the kernel wakes one.
 *
 * <p>Who keeps watch looks up at each tick: it takes the duty over from a worker that is stuck in one request, ends it where nothing comes any
 * more, and where there are CPUs to spare, serves what has piled up.
 */
final class Shift {
    /** How long a request may take before somebody else cares for those after it. */
    private static final long TICK_NANOS = 2_000_000;

    /** Where who looks up takes the CPU from those that work, for some 40 us each time. */
    private static final long RARE_TICK_NANOS = 5_000_000;

    /** With two, the caller needs the one that the worker on duty leaves. */
    private static final int SPARE_CPUS = 3;

    /** For how long the number of CPUs is taken to be what it was. */
    private static final long CPUS_HOLD_NANOS = 200_000_000;

    private final AtomicReference<@Nullable DeviceWorker> onDuty = new AtomicReference<>();
    private final AtomicLong lastServedAt = new AtomicLong(System.nanoTime() - CPUS_HOLD_NANOS);
    private final List<Thread> watching = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Thread> lookout = new AtomicReference<>();
    private volatile int cpus;
    private volatile long cpusAsked = System.nanoTime() - CPUS_HOLD_NANOS;

    /** When the last request was answered, by any worker: those that sleep are woken in turn, so each alone sees but a part of them. */
    long lastServedAt() {
        return lastServedAt.getOpaque();
    }

    void served(long at) {
        lastServedAt.setOpaque(at);
    }

    /** Puts a worker on duty, if none is. */
    boolean begin(DeviceWorker worker) {
        return onDuty.compareAndSet(null, worker);
    }

    /** False too once another has taken over. */
    boolean isOnDuty(DeviceWorker worker) {
        return onDuty.get() == worker;
    }

    boolean isHeld() {
        return onDuty.get() != null;
    }

    /** Puts a worker on duty in place of one that has been in the same request for a tick. */
    boolean relieve(DeviceWorker by) {
        DeviceWorker stuck = onDuty.get();
        return stuck != null && stuck.hasServedFor(TICK_NANOS) && onDuty.compareAndSet(stuck, by);
    }

    /** Nobody is on duty any more, and all are told. Nothing to do where somebody else is. */
    void end(DeviceWorker worker) {
        if (onDuty.compareAndSet(worker, null)) {
            watching.forEach(LockSupport::unpark);
        }
    }

    /**
     * A number that stays for as long as who is on duty is in the same request, whatever others serve meanwhile, or as nobody has a request.
     */
    long progress() {
        DeviceWorker worker = onDuty.get();
        long since = worker == null ? DeviceWorker.NOTHING : worker.servingSince();
        return since == DeviceWorker.NOTHING ? lastServedAt() : since;
    }

    /** Ends the duty of a worker that has had no request for a tick: if it sleeps until one comes, it can't do so itself. */
    void endIfVain() {
        DeviceWorker waiting = onDuty.get();
        if (waiting != null
                && waiting.servingSince() == DeviceWorker.NOTHING
                && System.nanoTime() - lastServedAt() > TICK_NANOS) {
            end(waiting);
        }
    }

    /** The calling thread keeps watch from here on. */
    void join() {
        watching.add(Thread.currentThread());
    }

    /** It does no more. Who slept because it looked up at ticks does so in its place. */
    void leave() {
        Thread self = Thread.currentThread();
        watching.remove(self);
        if (lookout.compareAndSet(self, null)) {
            watching.forEach(LockSupport::unpark);
        }
    }

    /** Lets a tick pass, or what is left of it when the duty ends. Of several that can't help, one alone looks up at ticks. */
    void watch() {
        Thread self = Thread.currentThread();
        boolean looksUp = lookout.get() == self || lookout.compareAndSet(null, self) || mayHelp();
        if (!isHeld()) {
            return;
        }
        if (looksUp) {
            LockSupport.parkNanos(this, mayHelp() ? TICK_NANOS : RARE_TICK_NANOS);
        } else {
            LockSupport.park(this);
        }
    }

    /** With a single CPU, whoever looks for requests keeps the caller from making them. */
    boolean mayLook() {
        return cpus() > 1;
    }

    boolean mayHelp() {
        return cpus() >= SPARE_CPUS;
    }

    /** Those that the calling thread may use, by affinity and quota; both may change at any time. */
    private int cpus() {
        long now = System.nanoTime();
        if (now - cpusAsked >= CPUS_HOLD_NANOS) {
            cpusAsked = now;
            cpus = Runtime.getRuntime().availableProcessors();
        }
        return cpus;
    }
}
