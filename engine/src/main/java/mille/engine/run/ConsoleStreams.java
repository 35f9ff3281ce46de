package mille.engine.run;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import mille.linux.DescriptorListener;
import mille.linux.Fd;
import mille.linux.O;
import mille.linux.Terminal;
import org.jspecify.annotations.Nullable;

/**
 * A container on a terminal of its own: the runtime makes it in the container and sends us its other side. Our own terminal, if we have
 * one and the container reads from it, passes every key on as it is.
 */
final class ConsoleStreams implements ContainerStreams {
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);
    private static final String SOCKET = "console.sock";
    private static final Fd STDIN = Fd.adopt(0);
    private static final Fd STDOUT = Fd.adopt(1);

    private final Fd directory;
    private final Path socketFile;
    private final DescriptorListener listener;
    private final LogFile log;
    private final boolean reads;
    private @Nullable Fd console;
    private @Nullable StreamCopy outgoing;
    private Terminal.@Nullable Settings before;

    private ConsoleStreams(Fd directory, Path socketFile, DescriptorListener listener, LogFile log, boolean reads) {
        this.directory = directory;
        this.socketFile = socketFile;
        this.listener = listener;
        this.log = log;
        this.reads = reads;
    }

    static ConsoleStreams open(Set<RunFlag> flags, ContainerDirectory container) throws IOException {
        Path socketFile = container.path().resolve(SOCKET);
        Files.deleteIfExists(socketFile);
        Fd directory = Fd.open(container.path(), O.PATH | O.DIRECTORY);
        try {
            // A socket's name has 107 bytes at most; a store may lie deeper than that.
            DescriptorListener listener =
                    DescriptorListener.open(directory.procPath().resolve(SOCKET));
            return new ConsoleStreams(
                    directory, socketFile, listener, LogFile.append(container.log()), flags.contains(RunFlag.STDIN));
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }

    /** Where the runtime finds us: short, and good in its process too. */
    Path socket() {
        return Path.of(
                        "/proc",
                        Long.toString(ProcessHandle.current().pid()),
                        "fd",
                        Integer.toString(directory.number()))
                .resolve(SOCKET);
    }

    /** Of our terminal; null where we have none. */
    static Terminal.@Nullable Size ownSize() throws IOException {
        Fd own = ownTerminal();
        return own == null ? null : Terminal.size(own);
    }

    private static @Nullable Fd ownTerminal() {
        if (Terminal.isTerminal(STDOUT)) {
            return STDOUT;
        }
        return Terminal.isTerminal(STDIN) ? STDIN : null;
    }

    @Override
    public void redirect(ProcessBuilder builder) {
        File nowhere = new File("/dev/null");
        builder.redirectInput(nowhere);
        builder.redirectOutput(Redirect.to(nowhere));
        builder.redirectError(Redirect.to(nowhere));
    }

    @Override
    public void connect() throws IOException {
        Fd received = listener.receive();
        if (received == null) {
            throw new StartFailure(StartFailure.OURS, "the runtime sent no terminal: try without -t", null);
        }
        console = received;
        resized();
        StreamCopy copy =
                new StreamCopy("terminal output", received, STDOUT, log.writer(LogFile.Stream.STDOUT), () -> {});
        outgoing = copy;
        copy.start();
        if (reads) {
            if (Terminal.isTerminal(STDIN)) {
                synchronized (this) {
                    before = Terminal.makeRaw(STDIN);
                }
            }
            new StreamCopy("terminal input", STDIN, received, null, () -> {}).start();
        }
    }

    /** The size of our terminal may have changed. */
    void resized() throws IOException {
        Terminal.Size size = ownSize();
        Fd connected = console;
        if (connected != null && size != null && size.rows() > 0) {
            Terminal.setSize(connected, size);
        }
    }

    @Override
    public void drain() throws IOException {
        if (outgoing != null) {
            outgoing.join(DRAIN_LIMIT);
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (before != null) {
                Terminal.restore(STDIN, before);
                before = null;
            }
        }
        listener.close();
        directory.close();
        Files.deleteIfExists(socketFile);
        log.close();
        // The other side of the terminal stays open: the thread that reads our keys may be about to use its number.
    }
}
