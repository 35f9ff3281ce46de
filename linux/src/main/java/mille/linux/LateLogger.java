package mille.linux;

import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * A logger that is looked for when there is something to say. The JDK looks for its loggers in every jar of the class path, which would take
 * the start of a mount 20 ms.
 */
public final class LateLogger implements System.Logger {
    private final String name;

    private LateLogger(String name) {
        this.name = name;
    }

    /** Stands for {@link System#getLogger(String)}. */
    public static System.Logger of(String name) {
        return new LateLogger(name);
    }

    private System.Logger found() {
        return System.getLogger(name);
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return found().isLoggable(level);
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
        found().log(level, bundle, message, thrown);
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String format, Object @Nullable ... params) {
        found().log(level, bundle, format, params);
    }
}
