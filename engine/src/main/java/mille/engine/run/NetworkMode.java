package mille.engine.run;

import java.util.Locale;

/** Which network a container sees. */
public enum NetworkMode {
    /** A network of its own with nothing but a loopback device. */
    NONE,
    /** The host's, whole. */
    HOST;

    /**
     * @throws IllegalArgumentException with a sentence for the one who typed it
     */
    public static NetworkMode parse(String text) {
        return switch (text) {
            case "none" -> NONE;
            case "host" -> HOST;
            default ->
                throw new IllegalArgumentException("network '" + text + "' is not supported: choose 'host' or 'none'");
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
