package mille.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An overlay that a test wants mounted, in the words of {@code mount -t overlay}, so that every driver can be asked for the same.
 *
 * @param lowers the topmost first
 * @param upper null for a read-only overlay, and then {@code work} is null too
 * @param options further options as the kernel spells them, such as {@code redirect_dir=on}
 */
public record OverlaySpec(
        List<Path> lowers, @Nullable Path upper, @Nullable Path work, List<String> options) {

    public OverlaySpec {
        lowers = List.copyOf(lowers);
        options = List.copyOf(options);
        if ((upper == null) != (work == null)) {
            throw new IllegalArgumentException("an upper and a work directory come together");
        }
    }

    public static OverlaySpec writable(List<Path> lowers, Path upper, Path work, String... options) {
        return new OverlaySpec(lowers, upper, work, List.of(options));
    }

    public static OverlaySpec readOnly(List<Path> lowers, String... options) {
        return new OverlaySpec(lowers, null, null, List.of(options));
    }

    /** The same directories with other options. */
    public OverlaySpec withOptions(String... others) {
        return new OverlaySpec(lowers, upper, work, List.of(others));
    }

    /** What {@code mount(2)} takes as data: colons, commas and backslashes of paths are escaped. */
    public String mountData() {
        List<String> parts = new ArrayList<>();
        parts.add("lowerdir="
                + String.join(
                        ":",
                        lowers.stream()
                                .map(lower -> escape(lower).replace(":", "\\:"))
                                .toList()));
        if (upper != null && work != null) {
            parts.add("upperdir=" + escape(upper));
            parts.add("workdir=" + escape(work));
        }
        parts.addAll(options);
        return String.join(",", parts);
    }

    private static String escape(Path path) {
        return path.toString().replace("\\", "\\\\").replace(",", "\\,");
    }
}
