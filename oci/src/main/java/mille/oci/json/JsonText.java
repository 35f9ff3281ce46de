package mille.oci.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds a JSON object whose fields stand in the order of the calls. What is {@code null} or empty is left out. */
public final class JsonText {
    private final JsonObject object = new JsonObject();

    public JsonText put(String key, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            object.addProperty(key, value);
        }
        return this;
    }

    public JsonText put(String key, @Nullable Number value) {
        if (value != null) {
            object.addProperty(key, value);
        }
        return this;
    }

    public JsonText put(String key, @Nullable JsonText child) {
        if (child != null) {
            object.add(key, child.object);
        }
        return this;
    }

    /** Left out where false. */
    public JsonText putIfTrue(String key, boolean value) {
        if (value) {
            object.addProperty(key, true);
        }
        return this;
    }

    public JsonText put(String key, Map<String, String> map) {
        if (!map.isEmpty()) {
            JsonObject child = new JsonObject();
            map.forEach(child::addProperty);
            object.add(key, child);
        }
        return this;
    }

    /** A set as Docker writes one: an object whose values are empty objects. */
    public JsonText putKeySet(String key, Collection<String> keys) {
        if (!keys.isEmpty()) {
            JsonObject child = new JsonObject();
            keys.forEach(name -> child.add(name, new JsonObject()));
            object.add(key, child);
        }
        return this;
    }

    public JsonText putStrings(String key, Collection<String> values) {
        if (!values.isEmpty()) {
            JsonArray array = new JsonArray();
            values.forEach(array::add);
            object.add(key, array);
        }
        return this;
    }

    /** Written even when empty. */
    public JsonText putObjects(String key, Collection<JsonText> values) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(value.object));
        object.add(key, array);
        return this;
    }

    /** Written even when empty. */
    public JsonText putList(String key, Collection<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        object.add(key, array);
        return this;
    }

    public boolean isEmpty() {
        return object.isEmpty();
    }

    /** The object without white space, in UTF-8. */
    public byte[] bytes() {
        return ((JsonElement) object).toString().getBytes(StandardCharsets.UTF_8);
    }
}
