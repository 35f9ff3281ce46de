package mille.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import mille.engine.run.LogFile.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    Path directory = Path.of("");

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<String> read(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        LogFile.read(file, (stream, _, text) -> lines.add(stream + " " + text));
        return lines;
    }

    @Test
    void linesAreKeptWholeHoweverTheyArrive() throws IOException {
        Path file = directory.resolve("log");
        try (LogFile log = LogFile.append(file)) {
            LogFile.Writer out = log.writer(Stream.STDOUT);
            LogFile.Writer err = log.writer(Stream.STDERR);
            out.write(utf8("one\ntw"));
            err.write(utf8("err\n"));
            out.write(utf8("o\nunfinished ü"));
            out.flush();
        }
        assertEquals(List.of("STDOUT one\n", "STDERR err\n", "STDOUT two\n", "STDOUT unfinished ü"), read(file));
        try (LogFile log = LogFile.append(file)) {
            log.writer(Stream.STDOUT).write(utf8("again\n"));
        }
        assertEquals(5, read(file).size());
    }

    @Test
    void aLongLineIsKeptInPieces() throws IOException {
        Path file = directory.resolve("log");
        try (LogFile log = LogFile.append(file)) {
            log.writer(Stream.STDOUT).write(utf8("x".repeat(40_000) + "\n"));
        }
        List<String> pieces = read(file);
        assertEquals(3, pieces.size());
        assertEquals(
                40_001,
                pieces.stream()
                        .mapToInt(piece -> piece.length() - "STDOUT ".length())
                        .sum());
    }

    @Test
    void aLineThatACrashCutOffIsLeftOut() throws IOException {
        Path file = directory.resolve("log");
        try (LogFile log = LogFile.append(file)) {
            log.writer(Stream.STDOUT).write(utf8("whole\n"));
        }
        Files.writeString(file, "{\"log\":\"cut o", StandardOpenOption.APPEND);
        assertEquals(List.of("STDOUT whole\n"), read(file));
        assertEquals(List.of(), read(directory.resolve("none")));
    }
}
