package mille.engine.run;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * What a container wrote, kept as Docker's {@code json-file} driver keeps it: one object a line with {@code log}, {@code stream} and
 * {@code time}. A line of the container longer than 16 KiB is kept in pieces, of which only the last ends with a line feed. Bytes that
 * are no UTF-8 become replacement characters.
 *
 * <p>May be written by several threads, each through a {@link Writer} of its own.
 */
public final class LogFile implements AutoCloseable {
    private static final int MAX_PIECE_BYTES = 16 << 10;

    private final OutputStream file;

    private LogFile(OutputStream file) {
        this.file = file;
    }

    /** Which of the container's streams a line came from. */
    public enum Stream {
        STDOUT("stdout"),
        STDERR("stderr");

        private final String label;

        Stream(String label) {
            this.label = label;
        }
    }

    /** Takes one line, with its line feed where it had one. */
    @FunctionalInterface
    public interface LineConsumer {
        void accept(Stream stream, Instant time, String text) throws IOException;
    }

    /** Later runs of a container add to the log of earlier ones. */
    static LogFile append(Path path) throws IOException {
        return new LogFile(Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    /** Reads a log from its beginning; a last line that is cut off by a crash is left out. */
    public static void read(Path path, LineConsumer consumer) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (BufferedReader lines = Files.newBufferedReader(path)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonObject entry;
                try {
                    entry = JsonParser.parseString(line).getAsJsonObject();
                } catch (JsonSyntaxException _) {
                    continue;
                }
                Stream stream =
                        entry.get("stream").getAsString().equals(Stream.STDERR.label) ? Stream.STDERR : Stream.STDOUT;
                consumer.accept(
                        stream,
                        Instant.parse(entry.get("time").getAsString()),
                        entry.get("log").getAsString());
            }
        }
    }

    Writer writer(Stream stream) {
        return new Writer(stream);
    }

    private synchronized void write(Stream stream, String text) throws IOException {
        JsonObject entry = new JsonObject();
        entry.addProperty("log", text);
        entry.addProperty("stream", stream.label);
        entry.addProperty("time", Instant.now().toString());
        file.write((entry + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Cuts one stream into lines. For one thread. */
    final class Writer {
        private final Stream stream;
        private final ByteArrayOutputStream piece = new ByteArrayOutputStream();

        private Writer(Stream stream) {
            this.stream = stream;
        }

        void write(byte[] bytes) throws IOException {
            for (byte b : bytes) {
                piece.write(b);
                if (b == '\n' || piece.size() == MAX_PIECE_BYTES) {
                    flush();
                }
            }
        }

        /** Writes what has no line feed yet. */
        void flush() throws IOException {
            if (piece.size() > 0) {
                LogFile.this.write(stream, piece.toString(StandardCharsets.UTF_8));
                piece.reset();
            }
        }
    }
}
