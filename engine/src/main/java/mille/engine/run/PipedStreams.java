package mille.engine.run;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import mille.linux.Fd;
import mille.linux.Pipe;
import org.jspecify.annotations.Nullable;

/**
 * A container without a terminal: pipes that this process copies to its own streams and to the log. The container never holds one of
 * our own descriptors: it could change the owner of what is behind it, and would see a terminal where it was promised none.
 */
final class PipedStreams implements ContainerStreams {
    /** Pipes end with the container's last process, at once; this is for descriptors that it handed to somebody outside. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

    private static final Fd STDIN = Fd.adopt(0);
    private static final Fd STDOUT = Fd.adopt(1);
    private static final Fd STDERR = Fd.adopt(2);

    private final @Nullable Pipe input;
    private final Pipe output;
    private final Pipe errors;
    private final LogFile log;
    private final List<StreamCopy> outgoing = new ArrayList<>();

    private PipedStreams(@Nullable Pipe input, Pipe output, Pipe errors, LogFile log) {
        this.input = input;
        this.output = output;
        this.errors = errors;
        this.log = log;
    }

    static PipedStreams open(Set<RunFlag> flags, ContainerDirectory directory) throws IOException {
        LogFile log = LogFile.append(directory.log());
        return new PipedStreams(flags.contains(RunFlag.STDIN) ? Pipe.open() : null, Pipe.open(), Pipe.open(), log);
    }

    @Override
    public void redirect(ProcessBuilder builder) {
        // Opening a pipe through /proc gives another descriptor of the same end, which is the only way to hand one to
        // ProcessBuilder.
        builder.redirectInput(input == null ? Redirect.from(new File("/dev/null")) : Redirect.from(file(input.read())));
        builder.redirectOutput(Redirect.to(file(output.write())));
        builder.redirectError(Redirect.to(file(errors.write())));
    }

    private static File file(Fd fd) {
        return fd.procPath().toFile();
    }

    @Override
    public void connect() {
        output.write().close();
        errors.write().close();
        outgoing.add(new StreamCopy(
                "stdout", output.read(), STDOUT, log.writer(LogFile.Stream.STDOUT), output.read()::close));
        outgoing.add(new StreamCopy(
                "stderr", errors.read(), STDERR, log.writer(LogFile.Stream.STDERR), errors.read()::close));
        outgoing.forEach(StreamCopy::start);
        if (input != null) {
            input.read().close();
            new StreamCopy("stdin", STDIN, input.write(), null, input.write()::close).start();
        }
    }

    @Override
    public void drain() throws IOException {
        for (StreamCopy copy : outgoing) {
            copy.join(DRAIN_LIMIT);
        }
    }

    @Override
    public void close() throws IOException {
        if (outgoing.isEmpty()) { // never connected: otherwise the copies close what they read
            output.close();
            errors.close();
            if (input != null) {
                input.close();
            }
        }
        log.close();
    }
}
