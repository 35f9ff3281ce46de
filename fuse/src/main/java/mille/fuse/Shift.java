package mille.fuse;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Which of a session's workers is on duty. While requests follow each other closely, one looks for them without sleeping and serves them
 * all; the others keep watch beside it, rather than be woken by each request only to find it gone. When requests become rare the duty ends,
 * and all sleep until the kernel wakes one.
 *
 * <p>Who keeps watch looks up at each tick: it takes the duty over from a worker that is stuck in one request, and where there are CPUs to
 * spare, serves what has piled up.
 */
final class Shift {
    /** How long a request may take before somebody else cares for those after it. */
    private static final long TICK_NANOS = 2_000_000;

    /** With two, the caller needs the one that the worker on duty leaves. */
    private static final int SPARE_CPUS = 3;

    /** For how long the number of CPUs is taken to be what it was. */
    private static final long CPUS_HOLD_NANOS = 200_000_000;

    private final AtomicReference<@Nullable DeviceWorker> onDuty = new AtomicReference<>();
    private final AtomicLong lastServedAt = new AtomicLong(System.nanoTime() - CPUS_HOLD_NANOS);
    private final List<Thread> watching = new CopyOnWriteArrayList<>();
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

    /** Lets a tick pass, or what is left of it when the duty ends. */
    void watch() {
        Thread self = Thread.currentThread();
        watching.add(self);
        if (isHeld()) {
            LockSupport.parkNanos(this, TICK_NANOS);
        }
        watching.remove(self);
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
