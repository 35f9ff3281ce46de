package mille.testkit.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import mille.linux.Stat;

/**
 * What is roughly in the union while a scenario is made up, so that most of its operations find something to do. It need not be right: what
 * it gets wrong makes an operation fail, and failures are played too.
 */
final class Guess {
    private enum Kind {
        DIRECTORY,
        FILE,
        OTHER,
        WHITEOUT
    }

    private static final String ROOT = "";

    private final TreeMap<String, Kind> kinds = new TreeMap<>();
    private final Random random;
    private final List<String> names;
    private final int depthLimit;

    Guess(Random random, List<String> names, int depthLimit) {
        this.random = random;
        this.names = names;
        this.depthLimit = depthLimit;
        kinds.put(ROOT, Kind.DIRECTORY);
    }

    /** Some path, there or not. */
    String anywhere() {
        StringBuilder path = new StringBuilder(name());
        for (int i = random.nextInt(depthLimit); i > 0; i--) {
            path.append('/').append(name());
        }
        return path.toString();
    }

    private String name() {
        return names.get(random.nextInt(names.size()));
    }

    String file() {
        return oneOf(List.of(Kind.FILE));
    }

    String directory() {
        return oneOf(List.of(Kind.DIRECTORY));
    }

    /** Neither a file nor a directory. */
    String special() {
        return oneOf(List.of(Kind.OTHER));
    }

    String something() {
        return oneOf(List.of(Kind.DIRECTORY, Kind.FILE, Kind.OTHER));
    }

    /** A free name in a directory that is there. */
    String free() {
        String parent = random.nextInt(5) == 0 ? ROOT : directory();
        String path = parent.isEmpty() ? name() : parent + "/" + name();
        return depth(path) > depthLimit || (kinds.containsKey(path) && random.nextInt(3) != 0) ? anywhere() : path;
    }

    private static long depth(String path) {
        return path.chars().filter(c -> c == '/').count() + 1;
    }

    private String oneOf(List<Kind> wanted) {
        List<String> found = new ArrayList<>();
        kinds.forEach((path, kind) -> {
            if (wanted.contains(kind) && !path.isEmpty()) {
                found.add(path);
            }
        });
        return found.isEmpty() || random.nextInt(6) == 0 ? anywhere() : found.get(random.nextInt(found.size()));
    }

    /** Takes note of what an operation will have done, if it is lucky. */
    void follow(Operation operation) {
        switch (operation) {
            case Operation.MakeDirectory made -> add(made.path(), Kind.DIRECTORY);
            case Operation.Create made -> add(made.path(), Kind.FILE);
            case Operation.LinkUnnamed made -> add(made.directory() + "/" + made.name(), Kind.FILE);
            case Operation.MakeSymlink made -> add(made.path(), Kind.OTHER);
            case Operation.MakeNode made -> {
                boolean isWhiteout = made.major() == 0 && (made.mode() & Stat.S_IFMT) == Stat.S_IFCHR;
                add(made.path(), isWhiteout ? Kind.WHITEOUT : Kind.OTHER);
            }
            case Operation.Link made -> {
                Kind kind = kinds.get(made.from());
                if (kind != null && kind != Kind.DIRECTORY) {
                    add(made.to(), kind);
                }
            }
            case Operation.Unlink gone -> {
                if (kinds.get(gone.path()) != Kind.DIRECTORY) {
                    kinds.remove(gone.path());
                }
            }
            case Operation.RemoveDirectory gone -> {
                if (kinds.get(gone.path()) == Kind.DIRECTORY
                        && below(gone.path()).isEmpty()) {
                    kinds.remove(gone.path());
                }
            }
            case Operation.Rename moved -> move(moved.from(), moved.to());
            default -> {}
        }
    }

    private void add(String path, Kind kind) {
        String parent = path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : ROOT;
        if (kinds.get(parent) == Kind.DIRECTORY) {
            kinds.putIfAbsent(path, kind);
        }
    }

    /** Lays one more layer, that these operations make, on top of what is there. */
    void coverWith(List<Operation> layer) {
        Guess made = new Guess(random, names, depthLimit);
        layer.forEach(made::follow);
        made.kinds.forEach((path, kind) -> {
            if (kind != Kind.DIRECTORY || kinds.get(path) != Kind.DIRECTORY) {
                remove(path);
                if (kind != Kind.WHITEOUT) {
                    kinds.put(path, kind);
                }
            }
        });
    }

    private void remove(String path) {
        below(path).forEach(kinds::remove);
        kinds.remove(path);
    }

    private List<String> below(String path) {
        return List.copyOf(kinds.subMap(path + "/", path + "0").keySet()); // '0' comes next to '/'
    }

    private void move(String from, String to) {
        Kind kind = kinds.get(from);
        if (kind == null || to.startsWith(from + "/") || from.equals(to)) {
            return;
        }
        add(to, kind);
        for (String path : below(from)) {
            add(to + path.substring(from.length()), kinds.getOrDefault(path, Kind.OTHER));
            kinds.remove(path);
        }
        kinds.remove(from);
    }
}
