package mille.engine.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables of a process, in the order in which they were first set. */
final class Environment {
    private final Map<String, String> values = new LinkedHashMap<>();

    /** Takes {@code NAME=value} each; a {@code NAME} alone takes that variable away. Later ones win. */
    Environment putAll(List<String> assignments) {
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 0) {
                values.remove(assignment);
            } else {
                values.put(assignment.substring(0, equals), assignment.substring(equals + 1));
            }
        }
        return this;
    }

    Environment put(String name, String value) {
        values.put(name, value);
        return this;
    }

    @Nullable
    String get(String name) {
        return values.get(name);
    }

    /** {@code NAME=value} each. */
    List<String> assignments() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
    }
}
