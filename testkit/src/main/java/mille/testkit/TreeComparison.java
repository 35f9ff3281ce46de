package mille.testkit;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mille.linux.RelativePath;
import org.jspecify.annotations.Nullable;

/**
 * Where two trees differ.
 *
 * @param differences in the order of the first tree; what only the second has comes last
 */
public record TreeComparison(List<Difference> differences) {
    private static final int SHOWN = 20;

    /**
     * One entry's aspect that differs; {@link Aspect#TYPE} alone where only one tree has the entry.
     *
     * @param expected null where the first tree has nothing of the kind
     * @param actual null where the second hasn't
     */
    public record Difference(
            RelativePath path,
            Aspect aspect,
            @Nullable String expected,
            @Nullable String actual) {
        @Override
        public String toString() {
            return path + ": " + aspect + " is " + (actual == null ? "absent" : actual) + ", expected "
                    + (expected == null ? "none" : expected);
        }
    }

    public TreeComparison {
        differences = List.copyOf(differences);
    }

    /** Compares all entries by these aspects. */
    public static TreeComparison of(TreeSnapshot expected, TreeSnapshot actual, Set<Aspect> aspects) {
        List<Difference> found = new ArrayList<>();
        Set<RelativePath> paths = new LinkedHashSet<>(expected.entries().keySet());
        paths.addAll(actual.entries().keySet());
        for (RelativePath path : paths) {
            Map<Aspect, String> one = expected.entries().get(path);
            Map<Aspect, String> other = actual.entries().get(path);
            if (one == null || other == null) {
                found.add(new Difference(path, Aspect.TYPE, type(one), type(other)));
                continue;
            }
            for (Aspect aspect : Aspect.values()) {
                String before = one.get(aspect);
                String after = other.get(aspect);
                if (aspects.contains(aspect) && !(before == null ? after == null : before.equals(after))) {
                    found.add(new Difference(path, aspect, before, after));
                }
            }
        }
        return new TreeComparison(found);
    }

    private static @Nullable String type(@Nullable Map<Aspect, String> entry) {
        return entry == null ? null : entry.getOrDefault(Aspect.TYPE, "unreadable");
    }

    /** Fails with the first differences, one a line, where there are any. */
    public void assertSame(String what) {
        if (!differences.isEmpty()) {
            throw new AssertionError(what + ":\n" + report());
        }
    }

    /** The first differences for a person, one a line; empty where there are none. */
    public String report() {
        StringBuilder text = new StringBuilder();
        for (Difference difference : differences.subList(0, Math.min(SHOWN, differences.size()))) {
            text.append("  ").append(difference).append('\n');
        }
        if (differences.size() > SHOWN) {
            text.append("  and ").append(differences.size() - SHOWN).append(" more\n");
        }
        return text.toString();
    }
}
