package mille.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Listings of the store's own directories. */
final class Directories {
    private Directories() {}

    /** The entries' paths, in no order; none where the directory isn't there. */
    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (NoSuchFileException absent) {
            return List.of();
        }
    }
}
