package mille.oci;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Runs a program to its end; one that fails fails the test with what it printed. */
public final class Command {
    private Command() {}

    /** What it printed, in both its streams. */
    public static String run(Path directory, String... command) {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new AssertionError(String.join(" ", command) + " ended with " + exitCode + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A script for {@code bash}, which ends at the first command that fails. */
    public static String shell(Path directory, String script) {
        return run(directory, "bash", "-euo", "pipefail", "-c", script);
    }
}
