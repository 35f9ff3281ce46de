package mille.benchmark;

import java.util.Locale;

/** What a figure counts. Less is better, always. */
enum Unit {
    SECONDS("s", 3),
    MEBIBYTES("MiB", 0),
    COUNT("", 0),
    /** CPU time for each second that passes. */
    MILLISECONDS_PER_SECOND("ms/s", 0);

    private final String symbol;
    private final int decimals;

    Unit(String symbol, int decimals) {
        this.symbol = symbol;
        this.decimals = decimals;
    }

    String symbol() {
        return symbol;
    }

    String format(double figure) {
        return String.format(Locale.ROOT, "%." + decimals + "f", figure);
    }
}
