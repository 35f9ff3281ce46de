package mille.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of one directory entry: 1 to 255 bytes, any but {@code /} and NUL, and neither {@code .} nor {@code ..}.
 *
 * <p>Names are bytes: a name that isn't UTF-8 is as good as any other. {@link #toString} is for people alone.
 */
public final class FileName implements Name, Comparable<FileName> {
    /** {@code NAME_MAX} of Linux, in bytes. */
    public static final int MAX_BYTES = 255;

    private final byte[] bytes;
    private int hash; // 0 until asked for; racing writers write the same value

    private FileName(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes the array over: the caller doesn't change it afterwards.
     *
     * @throws IllegalArgumentException where the bytes can't be the name of a directory entry
     */
    public static FileName of(byte[] bytes) {
        if (!isValid(bytes)) {
            throw new IllegalArgumentException("not a file name: '" + new String(bytes, StandardCharsets.UTF_8) + "'");
        }
        return new FileName(bytes);
    }

    /**
     * The name's UTF-8 bytes.
     *
     * @throws IllegalArgumentException as {@link #of(byte[])}
     */
    public static FileName of(String name) {
        return of(name.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether {@link #of(byte[])} would take them. */
    public static boolean isValid(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            return false;
        }
        for (byte b : bytes) {
            if (b == '/' || b == 0) {
                return false;
            }
        }
        return !(bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.')));
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    /** Whether the first bytes are those of {@code prefix} in UTF-8. */
    public boolean startsWith(String prefix) {
        byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    /** Unsigned byte order, as {@code LC_ALL=C sort} has it. */
    @Override
    public int compareTo(FileName other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FileName name && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        int value = hash;
        if (value == 0) {
            value = Arrays.hashCode(bytes);
            hash = value;
        }
        return value;
    }

    /** For people: bytes that are no UTF-8 become replacement characters. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
