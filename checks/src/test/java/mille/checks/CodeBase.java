package mille.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The source tree that these checks stand in. */
final class CodeBase {
    private static final Set<String> MADE_BY_TOOLS = Set.of(".git", "target", ".idea", ".settings");

    private CodeBase() {}

    /** The directory of the clone. */
    static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("mvnw"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new AssertionError("the checks run outside a clone of the project");
            }
            directory = parent;
        }
        return directory;
    }

    /** Directories of the Maven modules that hold Java. */
    static List<Path> modules() throws IOException {
        try (Stream<Path> children = Files.list(root())) {
            return children.filter(child -> Files.exists(child.resolve("pom.xml")))
                    .filter(child -> !child.endsWith("checks"))
                    .sorted()
                    .toList();
        }
    }

    /** All files that people wrote, below a directory of the tree. */
    static List<Path> files(Path directory, Predicate<String> byName) throws IOException {
        List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return found;
        }
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.sorted().toList()) {
                String name = child.getFileName().toString();
                if (Files.isDirectory(child)) {
                    if (!MADE_BY_TOOLS.contains(name)) {
                        found.addAll(files(child, byName));
                    }
                } else if (byName.test(name)) {
                    found.add(child);
                }
            }
        }
        return found;
    }

    static List<Path> javaFiles() throws IOException {
        return files(root(), name -> name.endsWith(".java"));
    }

    /** How a person would call this file. */
    static String name(Path file) {
        return root().relativize(file).toString();
    }
}
