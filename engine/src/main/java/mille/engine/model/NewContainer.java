package mille.engine.model;

import com.google.gson.JsonObject;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a container is made from.
 *
 * @param name null takes a random one
 * @param image a name, a digest or the start of an id, as the user typed it
 * @param config see {@link Container#config}
 */
public record NewContainer(@Nullable String name, String image, JsonObject config) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

    public NewContainer {
        if (name != null && !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "invalid container name '" + name
                            + "': it takes two or more of letters, digits, '_', '.' and '-', and starts with a letter or digit");
        }
    }
}
