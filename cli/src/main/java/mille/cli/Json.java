package mille.cli;

import com.google.gson.FormattingStyle;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.Collection;

/** JSON as Docker prints it. */
final class Json {
    private static final Gson COMPACT =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
    private static final Gson PRETTY = new GsonBuilder()
            .disableHtmlEscaping()
            .serializeNulls()
            .setFormattingStyle(FormattingStyle.PRETTY.withIndent("    "))
            .create();

    private Json() {}

    /** On one line. */
    static String line(JsonElement json) {
        return COMPACT.toJson(json);
    }

    /** On many, indented by four spaces. */
    static String pretty(JsonElement json) {
        return PRETTY.toJson(json);
    }

    static JsonArray array(Collection<String> strings) {
        JsonArray array = new JsonArray();
        strings.forEach(array::add);
        return array;
    }
}
