package mille.engine.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a container is in its life.
 *
 * @param pid its first process as the host sees it; 0 unless it runs
 * @param exitCode of its last run; 0 before the first
 * @param started when its last run began; null before the first
 * @param finished when its last run ended; null before the first end
 * @param error why its last run didn't come to an orderly end; empty where it did
 */
public record ContainerState(
        Status status,
        int pid,
        int exitCode,
        @Nullable Instant started,
        @Nullable Instant finished,
        String error) {

    /** The exit code given to a container whose process vanished with the one that ran it: as if by SIGKILL. */
    public static final int KILLED = 137;

    /** The words that Docker uses, in capitals. */
    public enum Status {
        CREATED,
        RUNNING,
        EXITED
    }

    /** Made, never started. */
    public static final ContainerState NEW = new ContainerState(Status.CREATED, 0, 0, null, null, "");

    public ContainerState running(int newPid, Instant now) {
        return new ContainerState(Status.RUNNING, newPid, 0, now, finished, "");
    }

    public ContainerState exited(int code, Instant now, String why) {
        return new ContainerState(Status.EXITED, 0, code, started, now, why);
    }

    public boolean isRunning() {
        return status == Status.RUNNING;
    }
}
