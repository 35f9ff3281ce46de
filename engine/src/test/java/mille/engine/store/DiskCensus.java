package mille.engine.store;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every name below a store's root with its allocated bytes: what must be the same again after everything was removed. */
public final class DiskCensus {
    private DiskCensus() {}

    /**
     * Paths relative to the root. SQLite's files beside the database proper come and go, and its library is put where the JVM's first store
     * is: they don't count.
     */
    public static SortedMap<String, Long> of(Path root) throws IOException {
        SortedMap<String, Long> entries = new TreeMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                boolean libraries = directory.getFileName().toString().equals("native");
                return libraries ? FileVisitResult.SKIP_SUBTREE : add(directory);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = file.getFileName().toString();
                return name.equals("mille.db-wal") || name.equals("mille.db-shm")
                        ? FileVisitResult.CONTINUE
                        : add(file);
            }

            private FileVisitResult add(Path path) throws IOException {
                Object size =
                        Files.isDirectory(path) ? 0L : Files.getAttribute(path, "unix:size", LinkOption.NOFOLLOW_LINKS);
                entries.put(root.relativize(path).toString(), (Long) size);
                return FileVisitResult.CONTINUE;
            }
        });
        return entries;
    }
}
