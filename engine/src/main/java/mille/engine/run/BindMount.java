package mille.engine.run;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A directory or file that the container sees besides its image ({@code -v}).
 *
 * @param source on the host, absolute; null for a volume of the container's own, filled from the image
 * @param destination in the container, absolute
 */
public record BindMount(@Nullable Path source, String destination, Access access) {

    /** What the container may do with it. */
    public enum Access {
        READ_WRITE,
        READ_ONLY
    }

    public BindMount {
        if (!destination.startsWith("/") || Path.of(destination).normalize().getNameCount() == 0) {
            throw new IllegalArgumentException(
                    "invalid volume '" + destination + "': the path in the container must be absolute and not '/'");
        }
    }

    /**
     * Reads {@code [host-path:]container-path[:ro|rw]}.
     *
     * @throws IllegalArgumentException with a sentence for the one who typed it
     */
    public static BindMount parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length == 1) {
            return new BindMount(null, parts[0], Access.READ_WRITE);
        }
        if (parts.length > 3) {
            throw new IllegalArgumentException(
                    "invalid volume '" + text + "': write host-path:container-path or host-path:container-path:ro");
        }
        String source = parts[0];
        if (!source.startsWith("/") && !source.startsWith(".")) {
            throw new IllegalArgumentException(
                    "invalid volume '" + text + "': '" + source
                            + "' is no path; named volumes are not supported, give an absolute path or one that starts with a dot");
        }
        Access access = Access.READ_WRITE;
        for (String option : parts.length == 3 ? parts[2].split(",", -1) : new String[0]) {
            access = switch (option) {
                case "ro" -> Access.READ_ONLY;
                case "rw" -> Access.READ_WRITE;
                default ->
                    throw new IllegalArgumentException(
                            "invalid volume '" + text + "': '" + option + "' is neither 'ro' nor 'rw'");
            };
        }
        return new BindMount(Path.of(source).toAbsolutePath().normalize(), parts[1], access);
    }

    /** As {@code HostConfig.Binds} has it. */
    @Override
    public String toString() {
        return (source == null ? "" : source + ":") + destination + (access == Access.READ_ONLY ? ":ro" : "");
    }
}
