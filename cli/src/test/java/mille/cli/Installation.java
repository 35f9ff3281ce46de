package mille.cli;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mille.testkit.ScratchDirectory;

/** The command as a user types it, {@code ./mille}, on a store of a test's own. Runs the classes that were just compiled. */
final class Installation implements Closeable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path LAUNCHER = launcher();

    private final ScratchDirectory scratch = ScratchDirectory.create();

    /** How a command ended. */
    record Result(List<String> command, int exitCode, String output, String errors) {
        Result orFail() {
            if (exitCode != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + exitCode + "\n" + output + errors);
            }
            return this;
        }

        /** Its output without the last line feed. */
        String line() {
            return orFail().output.strip();
        }
    }

    /** A command that goes on. */
    static final class Started implements Closeable {
        private final Process process;
        private final List<String> command;
        private final Path output;
        private final Path errors;

        private Started(Process process, List<String> command, Path output, Path errors) {
            this.process = process;
            this.command = command;
            this.output = output;
            this.errors = errors;
        }

        long pid() {
            return process.pid();
        }

        /** Waits until it has written that text. */
        Started awaitOutput(String text) throws IOException {
            return await(output, text);
        }

        /** Waits until it has written that text to its standard error. */
        Started awaitErrors(String text) throws IOException {
            return await(errors, text);
        }

        private Started await(Path written, String text) throws IOException {
            long end = System.nanoTime() + LIMIT.toNanos();
            while (!Files.readString(written).contains(text)) {
                if (!process.isAlive() && !Files.readString(written).contains(text)) {
                    throw new AssertionError("ended without '" + text + "': " + result());
                }
                if (System.nanoTime() > end) {
                    throw new AssertionError("'" + text + "' doesn't come: " + Files.readString(written));
                }
                pause();
            }
            return this;
        }

        Started signal(String name) throws IOException {
            mille.testkit.Command.run("kill", "-" + name, Long.toString(process.pid()));
            return this;
        }

        Result result() throws IOException {
            int exitCode = exitCodeOf(process, command);
            return new Result(command, exitCode, Files.readString(output), Files.readString(errors));
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static Path launcher() {
        Path module = Path.of("").toAbsolutePath();
        Path launcher = module.resolveSibling("mille");
        if (!Files.isExecutable(launcher)) {
            throw new AssertionError("no launcher at " + launcher);
        }
        return launcher;
    }

    static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** For what a test needs on the host. */
    Path directory(String name) {
        return scratch.directory(name);
    }

    Path path(String name) {
        return scratch.path().resolve(name);
    }

    Path store() {
        return path("store");
    }

    Result mille(String... arguments) throws IOException {
        return start(new File("/dev/null"), arguments).result();
    }

    Result milleReading(String input, String... arguments) throws IOException {
        Path file = Files.createTempFile(scratch.path(), "input", "");
        Files.writeString(file, input);
        return start(file.toFile(), arguments).result();
    }

    Started start(String... arguments) throws IOException {
        return start(new File("/dev/null"), arguments);
    }

    private Started start(File input, String... arguments) throws IOException {
        List<String> command = command(arguments);
        Path output = Files.createTempFile(scratch.path(), "output", "");
        Path errors = Files.createTempFile(scratch.path(), "errors", "");
        ProcessBuilder builder = builder(command)
                .redirectInput(input)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        return new Started(builder.start(), command, output, errors);
    }

    List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString(), "--root", store().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Any program, with what our launcher wants to know in its environment. */
    static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .put(
                        "MILLE_CLASSPATH",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    static int exitCodeOf(Process process, List<String> command) throws IOException {
        try {
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " doesn't end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return process.exitValue();
    }

    /** Where something is mounted in the store. */
    List<Path> mounts() throws IOException {
        return mille.linux.MountTable.read().beneath(scratch.path().toRealPath()).stream()
                .map(mille.linux.MountTable.Entry::mountPoint)
                .toList();
    }

    @Override
    public void close() throws IOException {
        scratch.close();
    }
}
