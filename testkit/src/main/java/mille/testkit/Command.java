package mille.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, within a time limit. */
public final class Command {
    /** Long enough for anything that a test runs on a busy machine. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /**
     * How a program ended.
     *
     * @param exitCode its own, or 128 and the signal's number
     * @param output what it wrote to its standard output, read as UTF-8
     * @param errors what it wrote to its standard error
     */
    public record Outcome(List<String> command, int exitCode, String output, String errors) {
        /** This outcome, where the exit code is 0. */
        public Outcome orFail() {
            if (exitCode != 0) {
                throw new AssertionError(
                        String.join(" ", command) + " ended with " + exitCode + "\n" + output + errors);
            }
            return this;
        }
    }

    private Command() {}

    /**
     * Runs it with nothing to read, for a minute at most; fails where it ends with anything but 0.
     *
     * @return its standard output
     */
    public static String run(String... command) throws IOException {
        return attempt(LIMIT, command).orFail().output();
    }

    /**
     * Runs it with nothing to read.
     *
     * @throws AssertionError where it is still running at the time limit; it and its children are killed then
     */
    public static Outcome attempt(Duration limit, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        CompletableFuture<String> output = collect(process.getInputStream());
        CompletableFuture<String> errors = collect(process.getErrorStream());
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly(); // closes the pipes too, so only here
                throw new AssertionError(String.join(" ", command) + " still ran after " + limit);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + command[0], e);
        }
        return new Outcome(List.of(command), process.exitValue(), output.join(), errors.join());
    }

    private static CompletableFuture<String> collect(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.completeExceptionally(new UncheckedIOException(e));
            }
        });
        return text;
    }
}
