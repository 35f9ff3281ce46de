package mille.mount;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How files are opened: {@code open=} and {@code passthrough=}. Neither changes what the mount shows.
 *
 * @param open null for what suits the mount: {@link OpenMode#LAZY} where nothing can be written, {@link #DEFAULT_OPEN} elsewhere
 */
record OpenOptions(@Nullable OpenMode open, Passthrough passthrough) {
    /** By measurement: see the decision record on opening files. */
    static final OpenMode DEFAULT_OPEN = OpenMode.EAGER;

    private static final String OPEN = "open=";
    private static final String PASSTHROUGH = "passthrough=";

    OpenOptions {
        if (open == OpenMode.LAZY && passthrough == Passthrough.ON) {
            throw new IllegalArgumentException("nothing can be passed through where files are opened lazily");
        }
    }

    /** Whether {@link #parse} has something to do with it. */
    static boolean isKnown(String option) {
        return option.startsWith(OPEN) || option.startsWith(PASSTHROUGH);
    }

    /**
     * @param options one an element; those that aren't {@link #isKnown known} are for somebody else
     * @throws IllegalArgumentException with one sentence, for a value that won't do
     */
    static OpenOptions parse(List<String> options) {
        OpenMode open = null;
        Passthrough passthrough = Passthrough.AUTO;
        for (String option : options) {
            if (option.startsWith(OPEN)) {
                open = one(OpenMode.class, option, OPEN, "eager or lazy");
            } else if (option.startsWith(PASSTHROUGH)) {
                passthrough = one(Passthrough.class, option, PASSTHROUGH, "auto, on or off");
            }
        }
        return new OpenOptions(open, passthrough);
    }

    private static <T extends Enum<T>> T one(Class<T> type, String option, String prefix, String choices) {
        String value = option.substring(prefix.length());
        for (T constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
                return constant;
            }
        }
        String name = prefix.substring(0, prefix.length() - 1);
        throw new IllegalArgumentException("mount option '" + name + "' is " + choices + ", not '" + value + "'");
    }

    OpenMode openMode(boolean readOnly) {
        if (open != null) {
            return open;
        }
        return readOnly && passthrough != Passthrough.ON ? OpenMode.LAZY : DEFAULT_OPEN;
    }
}
