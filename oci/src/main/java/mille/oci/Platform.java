package mille.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an image runs on (OCI image spec, index, "platform"), in Go's names: {@code linux/amd64}, {@code linux/arm/v7}.
 *
 * @param variant of the processor, {@code null} where none is named or it is the usual one of the architecture
 */
public record Platform(
        String os, String architecture, @Nullable String variant) {
    private static final Pattern PART = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,63}");

    private static final Pattern VARIANT = Pattern.compile("v?[0-9.]{1,8}");

    /** Other names of an architecture are brought to Go's, and a variant that goes without saying ({@code arm64/v8}) is dropped. */
    public Platform {
        os = part(os, "operating system");
        String name = part(architecture, "architecture");
        String named = variant == null || variant.isEmpty() ? null : part(variant, "variant");
        switch (name) {
            case "x86_64", "x86-64" -> name = "amd64";
            case "i386", "i686", "x86" -> name = "386";
            case "aarch64" -> name = "arm64";
            case "armhf" -> {
                name = "arm";
                named = "v7";
            }
            case "armel" -> {
                name = "arm";
                named = "v6";
            }
            default -> {}
        }
        architecture = name;
        variant = named == null || usualVariant(name).equals(digitsOf(named)) ? null : "v" + digitsOf(named);
    }

    /** What this JVM runs on. Linux, whatever else it may be: our containers are Linux's. */
    public static Platform host() {
        return new Platform("linux", System.getProperty("os.arch", "amd64"), null);
    }

    /**
     * Reads {@code os/architecture[/variant]}, or {@code architecture[/variant]} of Linux.
     *
     * @throws IllegalArgumentException where it is neither
     */
    public static Platform parse(String text) {
        String[] parts = text.split("/", -1);
        return switch (parts.length) {
            case 1 -> new Platform("linux", parts[0], null);
            case 2 ->
                VARIANT.matcher(parts[1]).matches()
                        ? new Platform("linux", parts[0], parts[1])
                        : new Platform(parts[0], parts[1], null);
            case 3 -> new Platform(parts[0], parts[1], parts[2]);
            default -> throw new IllegalArgumentException("malformed platform: " + text);
        };
    }

    /** This platform, then those whose images it runs too, best first: an {@code arm/v7} runs {@code v6} and {@code v5}. */
    public List<Platform> runnable() {
        List<Platform> platforms = new ArrayList<>();
        platforms.add(this);
        int lowest = switch (architecture) {
            case "arm" -> 5;
            case "arm64" -> 8;
            case "amd64" -> 1;
            default -> Integer.MAX_VALUE;
        };
        if (lowest != Integer.MAX_VALUE) {
            String own = variant == null ? usualVariant(architecture) : digitsOf(variant);
            // "v8.1" and the like have no order that we know: they run the usual ones.
            int highest = own.matches("[0-9]{1,2}") ? Integer.parseInt(own) - 1 : lowest + 9;
            for (int version = highest; version >= lowest; version--) {
                platforms.add(new Platform(os, architecture, "v" + version));
            }
        }
        return List.copyOf(platforms);
    }

    /** {@code os/architecture[/variant]} */
    @Override
    public String toString() {
        return os + "/" + architecture + (variant == null ? "" : "/" + variant);
    }

    private static String usualVariant(String architecture) {
        return switch (architecture) {
            case "arm" -> "7";
            case "arm64" -> "8";
            case "amd64" -> "1";
            default -> "";
        };
    }

    private static String digitsOf(String variant) {
        return variant.startsWith("v") ? variant.substring(1) : variant;
    }

    private static String part(String text, String what) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!PART.matcher(lower).matches()) {
            throw new IllegalArgumentException("malformed " + what + " of a platform: '" + text + "'");
        }
        return lower;
    }
}
