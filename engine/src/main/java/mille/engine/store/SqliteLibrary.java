package mille.engine.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Where sqlite-jdbc finds its native library. Left alone it unpacks the library into a temporary file at each start (170 ms) and leaves it
 * behind after a kill; we keep one copy a version in the store and name it by the properties that it reads.
 */
final class SqliteLibrary {
    private static final String PATH_PROPERTY = "org.sqlite.lib.path";
    private static final String NAME_PROPERTY = "org.sqlite.lib.name";
    private static final String RESOURCE = "/org/sqlite/native/Linux/x86_64/libsqlitejdbc.so";

    private SqliteLibrary() {}

    /**
     * Extracts the library below the directory unless it is there; does nothing where the properties are set already, as a launcher may.
     * A file that is there is whole: it got its name by a rename. The caller lets no other process do the same at the same time.
     */
    static synchronized void useExtracted(Path directory) throws IOException {
        if (System.getProperty(PATH_PROPERTY) != null) {
            return;
        }
        Path library = directory.resolve("libsqlitejdbc-" + SQLiteJDBCLoader.getVersion() + ".so");
        if (!Files.exists(library)) {
            Files.createDirectories(directory);
            Path half = directory.resolve("extract.tmp");
            try (InputStream resource = SQLiteJDBCLoader.class.getResourceAsStream(RESOURCE)) {
                if (resource == null) {
                    throw new IOException("sqlite-jdbc holds no library for Linux on x86-64");
                }
                Files.copy(resource, half, StandardCopyOption.REPLACE_EXISTING);
                Files.move(half, library, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(half);
            }
        }
        System.setProperty(PATH_PROPERTY, directory.toString());
        System.setProperty(NAME_PROPERTY, library.getFileName().toString());
    }
}
