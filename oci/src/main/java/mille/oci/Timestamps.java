package mille.oci;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** RFC 3339, section 5.6, as Go writes it: {@code 2024-01-02T03:04:05.123456789+01:00}. */
final class Timestamps {
    private Timestamps() {}

    /**
     * Reads a time with any offset.
     *
     * @throws IllegalArgumentException where it is none
     */
    static Instant parse(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("malformed time: " + text, e);
        }
    }
}
