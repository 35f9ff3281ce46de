package mille.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** What comes through a pipe, for those who must read it more than once. */
final class StandardInput {
    private StandardInput() {}

    /** All of it in a new file, which the caller deletes. */
    static Path copy() throws IOException {
        Path copy = Files.createTempFile("mille-", ".tar");
        try (InputStream input = new FileInputStream(FileDescriptor.in)) {
            Files.copy(input, copy, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(copy);
            throw e;
        }
        return copy;
    }
}
