package mille.oci.tar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes as a value: a name, a link's target, an attribute's name or value. */
public final class ByteString implements Comparable<ByteString> {
    private final byte[] bytes;

    private ByteString(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the array over: the caller doesn't change it afterwards. */
    public static ByteString of(byte[] bytes) {
        return new ByteString(bytes);
    }

    /** The text's UTF-8 bytes. */
    public static ByteString of(String text) {
        return new ByteString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The value's own array: don't change it. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    public boolean contains(int oneByte) {
        return indexOf(oneByte, 0) >= 0;
    }

    /** Where the byte stands at or after {@code from}, or -1. */
    public int indexOf(int oneByte, int from) {
        for (int at = from; at < bytes.length; at++) {
            if (bytes[at] == (byte) oneByte) {
                return at;
            }
        }
        return -1;
    }

    /** Whether the first bytes are those of {@code prefix} in UTF-8. */
    public boolean startsWith(String prefix) {
        byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    public boolean endsWith(int oneByte) {
        return bytes.length > 0 && bytes[bytes.length - 1] == (byte) oneByte;
    }

    /** A copy of a part; {@code end} is exclusive. */
    public ByteString slice(int start, int end) {
        return new ByteString(Arrays.copyOfRange(bytes, start, end));
    }

    /** Unsigned byte order, as {@code LC_ALL=C sort} has it. */
    @Override
    public int compareTo(ByteString other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString string && Arrays.equals(bytes, string.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** For people and their terminals: what is no UTF-8 becomes replacement characters, control characters question marks. */
    @Override
    public String toString() {
        String text = new String(bytes, StandardCharsets.UTF_8);
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return shown.toString();
    }
}
