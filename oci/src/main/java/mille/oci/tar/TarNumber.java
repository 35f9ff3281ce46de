package mille.oci.tar;

import java.time.DateTimeException;
import java.time.Instant;

/** Numbers as tars write them: octal or base-256 in headers, decimal in PAX records. */
final class TarNumber {
    private TarNumber() {}

    /**
     * A number field of a header. Octal digits with spaces or NULs around them; nothing at all is 0. With the top bit set it is GNU's
     * base-256: a big-endian two's complement number of which that bit is no part.
     */
    static long field(byte[] block, int start, int length) throws MalformedTar {
        return (block[start] & 0x80) != 0 ? base256(block, start, length) : octal(block, start, length);
    }

    private static long base256(byte[] block, int start, int length) throws MalformedTar {
        boolean negative = (block[start] & 0x40) != 0;
        // The first byte without the mark, its sign extended over the mark's place.
        long value = negative ? block[start] | 0x80 : block[start] & 0x7f;
        for (int at = start + 1; at < start + length; at++) {
            if (value < Long.MIN_VALUE >> 8 || value > Long.MAX_VALUE >> 8) {
                throw new MalformedTar("a number is too large");
            }
            value = (value << 8) | (block[at] & 0xff);
        }
        return value;
    }

    private static long octal(byte[] block, int start, int length) throws MalformedTar {
        int at = start;
        int end = start + length;
        while (at < end && (block[at] == ' ' || block[at] == 0)) {
            at++;
        }
        long value = 0; // twelve digits of three bits always fit
        while (at < end && block[at] >= '0' && block[at] <= '7') {
            value = (value << 3) | (block[at] - '0');
            at++;
        }
        if (at < end && block[at] != ' ' && block[at] != 0) {
            throw new MalformedTar("a number isn't octal");
        }
        return value;
    }

    /** Writes octal digits with leading zeros and a closing NUL. The caller knows that it fits. */
    static void putOctal(byte[] block, int start, int length, long value) {
        long rest = value;
        for (int at = start + length - 2; at >= start; at--) {
            block[at] = (byte) ('0' + (rest & 7));
            rest >>>= 3;
        }
        block[start + length - 1] = 0;
    }

    /** Whether {@link #putOctal} can write it. */
    static boolean fitsOctal(long value, int length) {
        return value >= 0 && value < 1L << (3 * (length - 1));
    }

    /** A whole decimal number that isn't negative. */
    static long decimal(String text) throws MalformedTar {
        if (text.isEmpty() || text.length() > 19 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new MalformedTar("not a number: '" + ByteString.of(text) + "'");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MalformedTar("a number is too large");
        }
    }

    /** Seconds since the epoch with any number of decimals (POSIX pax, "mtime"); those after the ninth are dropped. */
    static Instant time(String text) throws MalformedTar {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        int point = digits.indexOf('.');
        long seconds = decimal(point < 0 ? digits : digits.substring(0, point));
        String decimals = point < 0 ? "" : digits.substring(point + 1);
        if (!decimals.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new MalformedTar("not a time: '" + ByteString.of(text) + "'");
        }
        long nanos = decimal((decimals + "000000000").substring(0, 9));
        return negative ? time(-seconds, -nanos) : time(seconds, nanos);
    }

    static Instant time(long seconds, long nanos) throws MalformedTar {
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new MalformedTar("a time is out of range");
        }
    }

    /** What {@link #time(String)} reads back: no more decimals than needed. */
    static String decimalTime(Instant time) {
        long seconds = time.getEpochSecond();
        long nanos = time.getNano();
        boolean negative = seconds < 0;
        if (negative && nanos > 0) {
            // Instant counts nanoseconds upwards from the second before; text counts away from zero.
            seconds++;
            nanos = 1_000_000_000 - nanos;
        }
        String whole = (negative ? "-" : "") + Math.abs(seconds);
        if (nanos == 0) {
            return whole;
        }
        String decimals = Long.toString(1_000_000_000 + nanos).substring(1);
        int end = decimals.length();
        while (decimals.charAt(end - 1) == '0') {
            end--;
        }
        return whole + "." + decimals.substring(0, end);
    }
}
