package mille.oci.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import mille.oci.tar.ByteString;
import mille.oci.tar.EntryPath;

/** A directory. Links in it may not lead out of it: a stranger's layout must not show us the machine's files. */
final class DirectoryTree implements FileTree {
    private final Path root;

    DirectoryTree(Path root) throws IOException {
        this.root = root.toRealPath();
    }

    @Override
    public boolean has(String path) throws IOException {
        Path inside = root.resolve(EntryPath.of(ByteString.of(path)).toString().substring(1));
        return Files.isRegularFile(inside) && inside.toRealPath().startsWith(root);
    }

    @Override
    public long sizeBytes(String path) throws IOException {
        return Files.size(found(path));
    }

    @Override
    public InputStream open(String path) throws IOException {
        return Files.newInputStream(found(path));
    }

    private Path found(String path) throws IOException {
        if (!has(path)) {
            throw new NoSuchFileException("'" + ByteString.of(path) + "' is missing in " + root);
        }
        return root.resolve(EntryPath.of(ByteString.of(path)).toString().substring(1));
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return root.toString();
    }
}
