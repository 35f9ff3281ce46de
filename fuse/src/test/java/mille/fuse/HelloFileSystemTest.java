package mille.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import mille.fuse.examples.HelloFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HelloFileSystemTest {
    @TempDir
    Path directory;

    @Test
    void aFileSystemOfSixtyLinesIsListedAndReadAndGoesAtClose() throws Exception {
        Path file = directory.resolve("hello.txt");
        try (FuseSession session = FuseSession.mount(
                new HelloFileSystem(), directory, FuseMountOptions.of("hello"), SessionOptions.defaults())) {
            assertEquals("Hello from Java\n", Files.readString(file));
            try (var names = Files.list(session.target())) {
                assertEquals(
                        1,
                        names.peek(name -> assertEquals(
                                        "hello.txt", name.getFileName().toString()))
                                .count());
            }
            assertThrows(NoSuchFileException.class, () -> Files.size(directory.resolve("nothing")));
        }
        assertFalse(Files.exists(file));
    }
}
