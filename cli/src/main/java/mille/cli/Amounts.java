package mille.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;

/** Sizes and times in the words that Docker uses. */
final class Amounts {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};
    private static final String[] TIME_UNITS = {"ns", "us", "ms", "s"};
    private static final int SIGNIFICANT_DIGITS = 3;

    private Amounts() {}

    /** Three digits and a decimal unit: {@code 4.26MB}. */
    static String size(long bytes) {
        return rounded(bytes, UNITS);
    }

    /** Three digits and the unit of a moment: {@code 12.3us}. */
    static String time(long nanos) {
        return rounded(nanos, TIME_UNITS);
    }

    private static String rounded(long quantity, String[] units) {
        double amount = quantity;
        int unit = 0;
        while (amount >= 1000 && unit < units.length - 1) {
            amount /= 1000;
            unit++;
        }
        String digits = BigDecimal.valueOf(amount)
                .round(new MathContext(SIGNIFICANT_DIGITS))
                .stripTrailingZeros()
                .toPlainString();
        return digits + units[unit];
    }

    /** How long ago that was: {@code 3 minutes ago}. */
    static String ago(Instant then, Instant now) {
        return duration(Duration.between(then, now)) + " ago";
    }

    /** Rounded down, in the largest unit that leaves a number worth reading. */
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds == 1) {
            return "1 second";
        }
        if (seconds < 60) {
            return seconds + " seconds";
        }
        long minutes = seconds / 60;
        if (minutes == 1) {
            return "About a minute";
        }
        if (minutes < 60) {
            return minutes + " minutes";
        }
        long hours = Math.round(seconds / 3600.0);
        if (hours == 1) {
            return "About an hour";
        }
        if (hours < 48) {
            return hours + " hours";
        }
        if (hours < 24 * 7 * 2) {
            return hours / 24 + " days";
        }
        if (hours < 24 * 30 * 2) {
            return hours / 24 / 7 + " weeks";
        }
        if (hours < 24 * 365 * 2) {
            return hours / 24 / 30 + " months";
        }
        return hours / 24 / 365 + " years";
    }
}
