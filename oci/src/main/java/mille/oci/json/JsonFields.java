package mille.oci.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object of a foreign document. A field that is missing or {@code null} is {@code null} or empty; a field of another type than
 * asked for is an {@link IOException} with the field's path, such as {@code malformed manifest: layers[2].size is not a whole number}.
 */
public final class JsonFields {
    private final JsonObject object;
    private final String document;
    private final String path;

    private JsonFields(JsonObject object, String document, String path) {
        this.object = object;
        this.document = document;
        this.path = path;
    }

    /**
     * Reads one object and nothing after it.
     *
     * @param document what the bytes are, for messages: {@code manifest}
     */
    public static JsonFields parse(byte[] bytes, String document) throws IOException {
        if (parseAny(bytes, document) instanceof JsonObject object) {
            return new JsonFields(object, document, "");
        }
        throw new IOException("malformed " + document + ": not a JSON object");
    }

    /** Reads an array of objects and nothing after it. */
    public static List<JsonFields> parseArray(byte[] bytes, String document) throws IOException {
        if (parseAny(bytes, document) instanceof JsonArray array) {
            return new JsonFields(new JsonObject(), document, "").objectsOf(array, "");
        }
        throw new IOException("malformed " + document + ": not a JSON array");
    }

    private static JsonElement parseAny(byte[] bytes, String document) throws IOException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            JsonReader reader = new JsonReader(new StringReader(text));
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new IOException("malformed " + document + ": something follows the JSON value");
            }
            return element;
        } catch (CharacterCodingException e) {
            throw new IOException("malformed " + document + ": not UTF-8", e);
        } catch (JsonParseException | NumberFormatException e) {
            throw new IOException("malformed " + document + ": not JSON", e);
        }
    }

    /** Whether the field is there with a value other than {@code null}. */
    public boolean has(String key) {
        return element(key) != null;
    }

    /** The names of all fields, in the document's order. */
    public Set<String> keys() {
        return object.keySet();
    }

    public @Nullable String string(String key) throws IOException {
        JsonElement element = element(key);
        if (element == null) {
            return null;
        }
        if (element instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw malformed(key, "is not a string");
    }

    /** The string, or the empty one where the field is missing: Docker writes both for "not set". */
    public String stringOrEmpty(String key) throws IOException {
        String value = string(key);
        return value == null ? "" : value;
    }

    public String requiredString(String key) throws IOException {
        return required(key, string(key));
    }

    public @Nullable Long number(String key) throws IOException {
        JsonElement element = element(key);
        if (element == null) {
            return null;
        }
        if (element instanceof JsonPrimitive primitive && primitive.isNumber()) {
            try {
                return Long.valueOf(primitive.getAsString());
            } catch (NumberFormatException e) {
                throw malformed(key, "is not a whole number");
            }
        }
        throw malformed(key, "is not a whole number");
    }

    public long requiredNumber(String key) throws IOException {
        return required(key, number(key));
    }

    /** False where the field is missing. */
    public boolean isTrue(String key) throws IOException {
        JsonElement element = element(key);
        if (element == null) {
            return false;
        }
        if (element instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return primitive.getAsBoolean();
        }
        throw malformed(key, "is not true or false");
    }

    public List<String> strings(String key) throws IOException {
        List<String> values = new ArrayList<>();
        for (JsonElement item : array(key)) {
            if (!(item instanceof JsonPrimitive primitive && primitive.isString())) {
                throw malformed(key, "is not a list of strings");
            }
            values.add(item.getAsString());
        }
        return values;
    }

    /** An object whose values are all strings; a value that is {@code null} counts as the empty string. */
    public Map<String, String> stringMap(String key) throws IOException {
        JsonFields map = object(key);
        Map<String, String> values = new LinkedHashMap<>();
        if (map != null) {
            for (String name : map.keys()) {
                values.put(name, map.stringOrEmpty(name));
            }
        }
        return values;
    }

    /** The field names of an object that stands for a set, such as {@code "Volumes": {"/data": {}}}. */
    public SortedSet<String> keySet(String key) throws IOException {
        JsonFields set = object(key);
        return set == null ? new TreeSet<>() : new TreeSet<>(set.keys());
    }

    public @Nullable JsonFields object(String key) throws IOException {
        JsonElement element = element(key);
        if (element == null) {
            return null;
        }
        if (element instanceof JsonObject child) {
            return new JsonFields(child, document, pathOf(key));
        }
        throw malformed(key, "is not an object");
    }

    public JsonFields requiredObject(String key) throws IOException {
        return required(key, object(key));
    }

    public List<JsonFields> objects(String key) throws IOException {
        return objectsOf(array(key), pathOf(key));
    }

    /** The string as a value of ours; an {@link IllegalArgumentException} of the parser becomes a message that names the field. */
    public <T> T requiredValue(String key, Function<String, T> parser) throws IOException {
        return converted(key, requiredString(key), parser);
    }

    /** {@link #requiredValue}, or {@code null} where the field is missing or empty. */
    public <T> @Nullable T value(String key, Function<String, T> parser) throws IOException {
        String text = stringOrEmpty(key);
        return text.isEmpty() ? null : converted(key, text, parser);
    }

    /** Each string of a list as a value of ours. */
    public <T> List<T> values(String key, Function<String, T> parser) throws IOException {
        List<T> values = new ArrayList<>();
        for (String text : strings(key)) {
            values.add(converted(key, text, parser));
        }
        return values;
    }

    /** The exception for a field that can't be right. */
    public IOException malformed(String key, String why) {
        return new IOException("malformed " + document + ": " + pathOf(key) + " " + why);
    }

    /** The exception for this object as a whole. */
    public IOException malformed(String why) {
        return new IOException("malformed " + document + ": " + (path.isEmpty() ? "" : path + ": ") + why);
    }

    private <T> T converted(String key, String text, Function<String, T> parser) throws IOException {
        try {
            return parser.apply(text);
        } catch (RuntimeException e) {
            throw new IOException("malformed " + document + ": " + pathOf(key) + ": " + e.getMessage(), e);
        }
    }

    private <T> T required(String key, @Nullable T value) throws IOException {
        if (value == null) {
            throw malformed(key, "is missing");
        }
        return value;
    }

    private @Nullable JsonElement element(String key) {
        JsonElement element = object.get(key);
        return element == null || element.isJsonNull() ? null : element;
    }

    private JsonArray array(String key) throws IOException {
        JsonElement element = element(key);
        if (element == null) {
            return new JsonArray();
        }
        if (element instanceof JsonArray array) {
            return array;
        }
        throw malformed(key, "is not a list");
    }

    private List<JsonFields> objectsOf(JsonArray array, String name) throws IOException {
        List<JsonFields> children = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            String childPath = name + "[" + i + "]";
            if (!(array.get(i) instanceof JsonObject child)) {
                throw new IOException("malformed " + document + ": " + childPath + " is not an object");
            }
            children.add(new JsonFields(child, document, childPath));
        }
        return children;
    }

    private String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
