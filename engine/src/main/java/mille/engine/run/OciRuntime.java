package mille.engine.run;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The program that makes containers: {@code runc}, {@code crun} and whatever else takes their command line. */
final class OciRuntime {
    private static final File NOWHERE = new File("/dev/null");

    private final String program;
    private final ContainerDirectory directory;

    /**
     * @param program a name in the path, or a path
     */
    OciRuntime(String program, ContainerDirectory directory) {
        this.program = program;
        this.directory = directory;
    }

    /**
     * Makes the container; its first process waits to be started and has these streams.
     *
     * @param consoleSocket where the runtime sends the terminal's other side; null without a terminal
     * @return the first process
     * @throws StartFailure where the runtime refuses
     */
    int create(ContainerStreams streams, @Nullable Path consoleSocket) throws IOException {
        Files.deleteIfExists(directory.runtimeLog());
        Files.createDirectories(directory.runtimeState());
        List<String> arguments = new ArrayList<>(List.of(
                "create",
                "--bundle",
                directory.path().toString(),
                "--pid-file",
                directory.pidFile().toString()));
        if (consoleSocket != null) {
            arguments.addAll(List.of("--console-socket", consoleSocket.toString()));
        }
        arguments.add(directory.id());
        ProcessBuilder builder = new ProcessBuilder(command(arguments));
        streams.redirect(builder);
        if (await(start(builder)) != 0) {
            throw StartFailure.of(lastError());
        }
        return Integer.parseInt(Files.readString(directory.pidFile()).strip());
    }

    /** Lets the first process go on to the user's program. */
    void start() throws IOException {
        if (quietly("start", directory.id()) != 0) {
            throw StartFailure.of(lastError());
        }
    }

    /** Kills what is left of the container and forgets it. Does nothing where there is none. */
    void delete() throws IOException {
        if (Files.isDirectory(directory.runtimeState())) {
            quietly("delete", "--force", directory.id());
        }
    }

    private int quietly(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(Arrays.asList(arguments)))
                .redirectInput(NOWHERE)
                .redirectOutput(NOWHERE)
                .redirectError(NOWHERE);
        return await(start(builder));
    }

    private List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                program,
                "--root",
                directory.runtimeState().toString(),
                "--log",
                directory.runtimeLog().toString(),
                "--log-format",
                "json"));
        command.addAll(arguments);
        return command;
    }

    private Process start(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new StartFailure(
                    StartFailure.OURS,
                    "the runtime '" + program + "' can't be run: install it (apt-get install "
                            + Path.of(program).getFileName() + ") or name another with --runtime",
                    e);
        }
    }

    private static int await(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the runtime worked", e);
        }
    }

    /** The last message of level "error" in the runtime's log; empty where it left none. */
    private String lastError() throws IOException {
        String message = "";
        if (!Files.exists(directory.runtimeLog())) {
            return message;
        }
        String log = new String(Files.readAllBytes(directory.runtimeLog()), StandardCharsets.UTF_8);
        for (String line : log.split("\n", -1)) {
            if (line.isBlank()) {
                continue;
            }
            try {
                JsonObject entry = JsonParser.parseString(line).getAsJsonObject();
                if (entry.has("msg") && entry.get("level").getAsString().equals("error")) {
                    message = entry.get("msg").getAsString();
                }
            } catch (JsonParseException | IllegalStateException _) {
                message = line; // not JSON after all: better than nothing
            }
        }
        return message;
    }
}
