package mille.overlay.changes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mille.linux.DirectoryReader;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One directory of a union of layers, read-only: what an overlay mount of them would show there. Whiteouts, opaque marks and redirects are
 * followed, symlinks never.
 *
 * <p>It owns a descriptor for each layer that has a part in it; closing it closes those. The root stays open for as long as any directory
 * below it is used. Not for several threads.
 */
public final class UnionDirectory implements AutoCloseable {
    /**
     * A layer's directory that shows here.
     *
     * @param layer 0 is the topmost
     */
    private record Part(int layer, Fd directory) {}

    /**
     * What a name shows.
     *
     * @param stat of the topmost file or directory of that name
     * @param holder the directory that holds it; open for as long as the union directory that was asked
     */
    public record Entry(Stat stat, Fd holder, FileName name) {}

    private final Marks marks;

    /** The parts of the union's root. */
    private final List<Part> roots;

    private final List<Part> parts;

    private UnionDirectory(Marks marks, List<Part> roots, List<Part> parts) {
        this.marks = marks;
        this.roots = roots;
        this.parts = parts;
    }

    /**
     * The root of a union.
     *
     * @param layers their directories, the topmost first; none is an empty union
     */
    public static UnionDirectory open(List<Path> layers, Marks marks) throws ErrnoException {
        List<Part> parts = new ArrayList<>();
        UnionDirectory root = new UnionDirectory(marks, parts, parts);
        boolean whole = false;
        try {
            for (int layer = 0; layer < layers.size(); layer++) {
                parts.add(new Part(layer, Fd.open(layers.get(layer), O.RDONLY | O.DIRECTORY)));
            }
            whole = true;
            return root;
        } finally {
            if (!whole) {
                root.close();
            }
        }
    }

    /** The topmost layer's directory here, whose attributes are those that show; null where there is no such directory. */
    public @Nullable Fd top() {
        return parts.isEmpty() ? null : parts.getFirst().directory;
    }

    /** What the name shows; null where it shows nothing. */
    public @Nullable Entry entry(FileName name) throws ErrnoException {
        for (Part part : parts) {
            Stat stat = Stat.atOrNull(part.directory, name);
            if (stat != null) {
                return marks.isWhiteout(part.directory, name, stat) ? null : new Entry(stat, part.directory, name);
            }
        }
        return null;
    }

    /** The names that show here, in no order. */
    public Set<FileName> names() throws ErrnoException {
        Set<FileName> seen = new HashSet<>();
        Set<FileName> shown = new HashSet<>();
        for (Part part : parts) {
            for (FileName name : namesIn(part.directory)) {
                if (seen.add(name) && entry(name) != null) {
                    shown.add(name);
                }
            }
        }
        return shown;
    }

    /**
     * The names under which this directory can differ from the same one of the union without its topmost layer.
     *
     * @param below that other directory
     */
    Set<FileName> namesThatMayDiffer(UnionDirectory below) throws ErrnoException {
        boolean hasTop = !parts.isEmpty() && parts.getFirst().layer == 0;
        List<Part> rest = hasTop ? parts.subList(1, parts.size()) : parts;
        if (areSame(rest, below.parts)) {
            return hasTop ? new HashSet<>(namesIn(parts.getFirst().directory)) : Set.of();
        }
        Set<FileName> names = names();
        names.addAll(below.names());
        return names;
    }

    private static boolean areSame(List<Part> some, List<Part> others) throws ErrnoException {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (!Stat.of(some.get(i).directory).isSameFileAs(Stat.of(others.get(i).directory))) {
                return false;
            }
        }
        return true;
    }

    private static List<FileName> namesIn(Fd directory) throws ErrnoException {
        List<FileName> names = new ArrayList<>();
        try (Fd listing = directory.openAt(RelativePath.EMPTY, O.RDONLY | O.DIRECTORY)) {
            DirectoryReader.forEach(listing, (name, inode, type) -> names.add(name));
        }
        return names;
    }

    /** The directory at a path from here, the caller's to close; one without parts where there is none. */
    public UnionDirectory walk(RelativePath path) throws ErrnoException {
        return new UnionDirectory(marks, roots, walk(parts, path.names()));
    }

    /** The subdirectory of that name, the caller's to close; one without parts where there is none. */
    public UnionDirectory child(FileName name) throws ErrnoException {
        return new UnionDirectory(marks, roots, walk(parts, List.of(name)));
    }

    /** New parts, never those given. */
    private List<Part> walk(List<Part> from, List<FileName> names) throws ErrnoException {
        List<Part> here = new ArrayList<>();
        for (Part part : from) {
            here.add(new Part(part.layer, part.directory.duplicate()));
        }
        for (FileName name : names) {
            List<Part> next = new ArrayList<>();
            boolean whole = false;
            try {
                collect(here, name, next);
                whole = true;
            } finally {
                here.forEach(part -> part.directory.close());
                if (!whole) {
                    next.forEach(part -> part.directory.close());
                }
            }
            here = next;
        }
        return here;
    }

    /** Adds what these directories have under the name, from the top down to where something ends it. */
    private void collect(List<Part> from, FileName name, List<Part> found) throws ErrnoException {
        for (int i = 0; i < from.size(); i++) {
            Part part = from.get(i);
            Fd directory = openDirectory(part.directory, name);
            if (directory == null) {
                if (Stat.atOrNull(part.directory, name) != null) {
                    return; // a whiteout or a file: nothing below shows
                }
                continue;
            }
            found.add(new Part(part.layer, directory));
            byte[] redirect = marks.redirectOf(directory);
            if (marks.isOpaque(directory)) {
                return;
            }
            if (redirect != null) {
                follow(redirect, part.layer, from.subList(i + 1, from.size()), found);
                return;
            }
        }
    }

    /** Layers below know the directory by another name beside it, or by a path from the root. */
    private void follow(byte[] redirect, int layer, List<Part> siblings, List<Part> found) throws ErrnoException {
        if (redirect.length > 0 && redirect[0] == '/') {
            List<Part> below = roots.stream().filter(part -> part.layer > layer).toList();
            byte[] path = Arrays.copyOfRange(redirect, 1, redirect.length);
            found.addAll(walk(below, RelativePath.parse(path).names()));
        } else if (FileName.isValid(redirect)) {
            collect(siblings, FileName.of(redirect), found);
        }
    }

    private static @Nullable Fd openDirectory(Fd parent, FileName name) throws ErrnoException {
        try {
            return parent.openAt(name, O.RDONLY | O.DIRECTORY | O.NOFOLLOW);
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case ENOENT, ENOTDIR, ELOOP -> null;
                default -> throw e;
            };
        }
    }

    @Override
    public void close() {
        parts.forEach(part -> part.directory.close());
    }
}
