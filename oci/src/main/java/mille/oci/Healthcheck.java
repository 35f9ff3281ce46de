package mille.oci;

import java.io.IOException;
import java.util.List;
import mille.oci.json.JsonFields;
import mille.oci.json.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * How Docker asks a container whether it is well: its extension of the image config, passed through.
 *
 * @param test {@code CMD} with arguments, {@code CMD-SHELL} with a command, or {@code NONE}
 * @param intervalNanos this and the other times: 0 for the default
 * @param retries 0 for the default
 */
public record Healthcheck(
        List<String> test,
        long intervalNanos,
        long timeoutNanos,
        long startPeriodNanos,
        long startIntervalNanos,
        long retries) {

    public Healthcheck {
        test = List.copyOf(test);
    }

    static @Nullable Healthcheck read(@Nullable JsonFields fields) throws IOException {
        if (fields == null) {
            return null;
        }
        return new Healthcheck(
                fields.strings("Test"),
                numberOrZero(fields, "Interval"),
                numberOrZero(fields, "Timeout"),
                numberOrZero(fields, "StartPeriod"),
                numberOrZero(fields, "StartInterval"),
                numberOrZero(fields, "Retries"));
    }

    private static long numberOrZero(JsonFields fields, String key) throws IOException {
        Long number = fields.number(key);
        return number == null ? 0 : number;
    }

    JsonText toJson() {
        return new JsonText()
                .putStrings("Test", test)
                .put("Interval", nullIfZero(intervalNanos))
                .put("Timeout", nullIfZero(timeoutNanos))
                .put("StartPeriod", nullIfZero(startPeriodNanos))
                .put("StartInterval", nullIfZero(startIntervalNanos))
                .put("Retries", nullIfZero(retries));
    }

    private static @Nullable Long nullIfZero(long number) {
        return number == 0 ? null : number;
    }
}
