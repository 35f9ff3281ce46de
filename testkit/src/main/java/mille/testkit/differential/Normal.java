package mille.testkit.differential;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import mille.linux.RelativePath;
import mille.linux.XattrName;
import mille.testkit.Aspect;
import mille.testkit.TreeSnapshot;
import org.jspecify.annotations.Nullable;

/** A tree without what may differ between two file systems: the clock, handles of files, links of whiteouts. */
final class Normal {
    private static final String SECONDS_OF_TODAY = "[0-9]{10,}[.].*";

    private static final String ROOT_ORIGIN = "trusted[.]overlay[.]origin=[(]set[)]";

    private Normal() {}

    /** As {@link #tree}, of a mount of the kernel's: less the names that it lists and then has no file for. */
    static TreeSnapshot withoutGhosts(Path root) throws IOException {
        Map<RelativePath, Map<Aspect, String>> entries =
                new LinkedHashMap<>(tree(root).entries());
        entries.values().removeIf(aspects -> aspects.equals(Map.of(Aspect.ERROR, "ENOENT")));
        return new TreeSnapshot(entries);
    }

    /** A tree less the link counts of directories, which tell whether a directory was copied up. */
    static TreeSnapshot withoutDirectoryLinks(TreeSnapshot tree) {
        Map<RelativePath, Map<Aspect, String>> entries = new LinkedHashMap<>();
        tree.entries().forEach((path, aspects) -> {
            Map<Aspect, String> rest = new EnumMap<>(aspects);
            if ("directory".equals(rest.get(Aspect.TYPE))) {
                rest.remove(Aspect.LINK_COUNT);
            }
            entries.put(path, rest);
        });
        return new TreeSnapshot(entries);
    }

    static TreeSnapshot tree(Path root) throws IOException {
        Map<RelativePath, Map<Aspect, String>> entries = new LinkedHashMap<>();
        TreeSnapshot.of(root, Normal::attribute).entries().forEach((path, aspects) -> {
            Map<Aspect, String> normal = new EnumMap<>(aspects);
            normal.computeIfPresent(Aspect.MODIFIED, (_, time) -> time.matches(SECONDS_OF_TODAY) ? "now" : time);
            if ("0:0".equals(normal.get(Aspect.DEVICE))) { // whether whiteouts share an inode is nobody's business
                normal.remove(Aspect.HARD_LINK);
                normal.remove(Aspect.LINK_COUNT);
            }
            if (path.isEmpty()) { // with an index the kernel notes at the root which lower it was mounted over
                normal.computeIfPresent(Aspect.XATTRS, (_, text) -> text.replaceAll("(, )?" + ROOT_ORIGIN, ""));
            }
            entries.put(path, normal);
        });
        return new TreeSnapshot(entries);
    }

    private static @Nullable String attribute(XattrName name, byte[] value) {
        return switch (name.toString()) {
            // File handles.
            case "trusted.overlay.origin", "trusted.overlay.upper" -> "(set)";
            // The identity of the mount, which nothing in the tree depends on.
            case "trusted.overlay.uuid" -> null;
            // A hint that the kernel takes away again when a listing happens to find it without a reason.
            case "trusted.overlay.impure" -> null;
            // The kernel leaves it after a rename that failed. Where it hides something, the unions show whether it is
            // there.
            case "trusted.overlay.opaque" -> null;
            default -> TreeSnapshot.readable(value);
        };
    }
}
