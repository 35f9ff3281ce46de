package mille.testkit;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The small C program beside this class, for what needs a process of its own or has no binding: memory maps, record locks, {@code seekdir},
 * size probing of attributes. {@code gcc} makes it once in each JVM, linked statically so that a copy of it runs anywhere.
 */
public final class Probe implements Closeable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final BufferedReader answers;

    private Probe(Process process) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Where the compiled program lies. */
    public static Path program() {
        return Compiled.PROGRAM;
    }

    /** Runs one of its commands to the end; fails where that answers with an exit code other than 0. */
    public static String ask(Object... arguments) throws IOException {
        return Command.attempt(LIMIT, commandLine(arguments)).orFail().output().strip();
    }

    /** Starts a command that prints a line when it is ready, and goes on until its standard input closes; waits for that line. */
    public static Probe start(Object... arguments) throws IOException {
        Probe probe = new Probe(new ProcessBuilder(commandLine(arguments))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        String ready = probe.answers.readLine();
        if (ready == null) {
            probe.process.destroyForcibly();
            throw new AssertionError("the probe ended at once: " + String.join(" ", commandLine(arguments)));
        }
        return probe;
    }

    private static String[] commandLine(Object... arguments) {
        List<String> line = new ArrayList<>();
        line.add(program().toString());
        for (Object argument : arguments) {
            line.add(argument.toString());
        }
        return line.toArray(String[]::new);
    }

    /** Lets it go on to its end. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the probe didn't end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the probe", e);
        } finally {
            process.destroyForcibly();
            answers.close();
        }
    }

    private static final class Compiled {
        static final Path PROGRAM = compile();

        private static Path compile() {
            // Never closed here: the program is of use until the JVM ends, and goes with it then.
            @SuppressWarnings("resource")
            Path directory = ScratchDirectory.create().path();
            try (InputStream source = Probe.class.getResourceAsStream("probe.c")) {
                if (source == null) {
                    throw new AssertionError("probe.c is not beside its class");
                }
                Path code = directory.resolve("probe.c");
                Path program = directory.resolve("probe");
                Files.copy(source, code);
                Command.run("gcc", "-O1", "-Wall", "-Werror", "-static", "-o", program.toString(), code.toString());
                return program;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
