package mille.engine.run;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import mille.engine.Engine;
import mille.engine.model.Container;
import mille.engine.model.ContainerClaim;
import mille.engine.model.ContainerState;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.linux.Fd;
import mille.linux.O;
import mille.linux.Processes;
import mille.linux.Signal;
import mille.linux.Terminal;
import mille.mount.MountedOverlay;
import mille.mount.Mounter;
import org.jspecify.annotations.Nullable;

/**
 * One run of a container in the foreground, from mount to exit code.
 *
 * <p>{@link #start}, then {@link #await}, then {@link #close}, which undoes whatever of the start there was: the process is killed if it
 * still lives, the mount goes, the container is marked as ended, and removed if it was to be. Closing may happen at any time and from any
 * thread, such as a shutdown hook's.
 */
public final class ContainerRun implements AutoCloseable {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** A container's root is no place where device files or set-user-ID programs lose their meaning. */
    private static final List<String> MOUNT_OPTIONS = List.of("dev", "suid", "fsname=mille");

    private static final int KILL_LIMIT_MS = 30_000;
    private static final int KILL_PAUSE_MS = 20;

    private final Set<RunFlag> flags;
    private final Engine engine;
    private final Mounter mounter;
    private final Container container;
    private final RunConfig config;
    private final ContainerDirectory directory;
    private final OciRuntime runtime;

    // All below are guarded by this object's lock.
    private @Nullable ContainerClaim claim;
    private @Nullable MountedOverlay mount;
    private @Nullable ContainerStreams streams;
    private int pid;
    private boolean isCreated;
    private int exitCode = StartFailure.OURS;
    private String error = "";
    private boolean isClosed;

    /**
     * @param flags of the container's own, those that hold this time
     */
    public ContainerRun(Engine engine, Mounter mounter, Container container, Set<RunFlag> flags) {
        this.engine = engine;
        this.mounter = mounter;
        this.container = container;
        this.config = RunConfig.fromJson(container.config());
        this.flags = Set.copyOf(flags);
        this.directory = new ContainerDirectory(engine.directory(container), container.id());
        this.runtime = new OciRuntime(config.runtime(), directory);
    }

    /**
     * Ends a container whose keeper was killed: its processes outlive it, without a root file system if that was ours.
     *
     * @param directory the container's, with its bundle
     */
    public static void endAbandoned(Container container, Path directory) throws IOException {
        RunConfig config = RunConfig.fromJson(container.config());
        new OciRuntime(config.runtime(), new ContainerDirectory(directory, container.id())).delete();
    }

    /** What the container wrote so far, for {@link LogFile#read}. */
    public static Path logOf(Engine engine, Container container) {
        return new ContainerDirectory(engine.directory(container), container.id()).log();
    }

    /**
     * Kills a container that another process keeps, and waits until that has put everything in order. Does nothing where it doesn't run.
     *
     * @throws EngineException CONFLICT where its keeper doesn't let go of it
     */
    public static void kill(Engine engine, Container container) throws IOException {
        for (int waitedMs = 0; waitedMs < KILL_LIMIT_MS; waitedMs += KILL_PAUSE_MS) {
            ContainerState state = stateOf(engine, container);
            if (state == null || !state.isRunning()) {
                return;
            }
            if (state.pid() != 0) {
                Processes.send(state.pid(), Signal.KILL);
            }
            try {
                Thread.sleep(KILL_PAUSE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while a container was killed");
            }
        }
        throw new EngineException(
                Reason.CONFLICT,
                "the container " + container.name()
                        + " was killed, but the process that runs it doesn't end: kill that too");
    }

    /** Null where it has been removed. */
    private static @Nullable ContainerState stateOf(Engine engine, Container container) throws IOException {
        try {
            return engine.container(container.id()).state();
        } catch (EngineException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /**
     * Mounts, makes the container and lets its process go.
     *
     * @param beforeProcess called when the container is there and the user's program is about to begin; what is {@link #send sent} from then
     *     on reaches it
     * @throws StartFailure where the command can't be run, or the runtime can't make the container
     */
    public synchronized void start(Runnable beforeProcess) throws IOException {
        if (isClosed) {
            throw new IllegalStateException("closed");
        }
        try {
            claim = engine.claim(container);
            // Said before anything is done: should we be killed from here on, the next command knows that there is
            // something to undo.
            claim.started(0);
            mount = mounter.mount(
                    engine.overlay(container), engine.directories(container).merged(), MOUNT_OPTIONS);
            prepare(mount.merged());
            Processes.adoptOrphans();
            ContainerStreams opened = openStreams();
            streams = opened;
            isCreated = true; // what fails half-way may leave something too
            pid = runtime.create(opened, opened instanceof ConsoleStreams console ? console.socket() : null);
            claim.started(pid);
            opened.connect();
            beforeProcess.run();
            runtime.start();
        } catch (StartFailure e) {
            exitCode = e.exitCode();
            error = String.valueOf(e.getMessage());
            throw e;
        } catch (IOException e) {
            error = String.valueOf(e.getMessage());
            throw e;
        }
    }

    private ContainerStreams openStreams() throws IOException {
        return flags.contains(RunFlag.TERMINAL)
                ? ConsoleStreams.open(flags, directory)
                : PipedStreams.open(flags, directory);
    }

    private void prepare(Path merged) throws IOException {
        String hostname = hostname();
        directory.writeNames(hostname, config.network());
        try (Fd root = Fd.open(merged, O.PATH | O.DIRECTORY)) {
            ContainerUser user = Accounts.read(root).resolve(config.user());
            BundleMounts mounts = new BundleMounts(directory, config);
            mounts.fillVolumes(root);
            Terminal.Size size = flags.contains(RunFlag.TERMINAL) ? ConsoleStreams.ownSize() : null;
            directory.writeConfig(new BundleSpec(
                    container.id(), merged, hostname, config, user, environment(hostname, user), mounts.list(), size));
        }
    }

    private String hostname() throws IOException {
        if (!config.hostname().isEmpty()) {
            return config.hostname();
        }
        return config.network() == NetworkMode.HOST
                ? Files.readString(HOST_NAME).strip()
                : container.shortId();
    }

    private List<String> environment(String hostname, ContainerUser user) {
        Environment environment = new Environment().put("PATH", DEFAULT_PATH).put("HOSTNAME", hostname);
        if (config.has(RunFlag.TERMINAL)) {
            environment.put("TERM", "xterm");
        }
        environment.putAll(config.env());
        if (environment.get("HOME") == null) {
            environment.put("HOME", user.home());
        }
        return environment.assignments();
    }

    /**
     * Waits for the end of the container's first process, and until all that it wrote has come through.
     *
     * @return its exit code, or 128 and the signal that killed it
     */
    public int await() throws IOException {
        int code = Processes.await(process());
        ContainerStreams draining;
        synchronized (this) {
            exitCode = code;
            pid = 0;
            draining = streams;
        }
        if (draining != null) {
            draining.drain();
        }
        return code;
    }

    private synchronized int process() {
        if (pid == 0) {
            throw new IllegalStateException("not started");
        }
        return pid;
    }

    /** Passes a signal on to the container's first process, if there is one by now. A change of our terminal's size goes to its terminal. */
    public synchronized void send(Signal signal) throws IOException {
        if (signal == Signal.WINCH && streams instanceof ConsoleStreams console) {
            console.resized();
        } else if (pid != 0) {
            Processes.send(pid, signal);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        // Each step, whatever becomes of those before.
        try (AutoCloseableStep _ = this::removeIfAsked;
                AutoCloseableStep _ = this::markEnded;
                AutoCloseableStep _ = this::unmount;
                AutoCloseableStep _ = this::closeStreams;
                AutoCloseableStep _ = this::deleteProcess) {
            // Nothing to do here: the steps run in reverse order.
        }
    }

    private interface AutoCloseableStep extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    private void deleteProcess() throws IOException {
        if (isCreated) {
            if (pid != 0) {
                exitCode = 128 + Signal.KILL.number();
                Processes.send(pid, Signal.KILL);
            }
            runtime.delete();
        }
    }

    private void closeStreams() throws IOException {
        if (streams != null) {
            streams.close();
        }
    }

    private void unmount() throws IOException {
        if (mount != null) {
            mount.close();
        }
    }

    private void markEnded() throws IOException {
        if (claim != null) {
            try (ContainerClaim held = claim) {
                held.exited(exitCode, error);
            }
        }
    }

    private void removeIfAsked() throws IOException {
        if (claim != null && config.has(RunFlag.AUTO_REMOVE)) {
            engine.removeContainer(container.id());
        }
    }
}
