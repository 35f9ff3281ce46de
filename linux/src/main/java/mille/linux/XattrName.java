package mille.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The full name of an extended attribute, such as {@code user.mime_type}: 1 to 255 bytes, any but NUL. */
public final class XattrName {
    /** {@code XATTR_NAME_MAX}, in bytes. */
    public static final int MAX_BYTES = 255;

    /** {@code XATTR_SIZE_MAX}, the most that the value of an attribute may have, in bytes. */
    public static final int VALUE_MAX_BYTES = 65536;

    private final byte[] bytes;

    private XattrName(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes the array over.
     *
     * @throws IllegalArgumentException where it is empty, too long, or holds a NUL
     */
    public static XattrName of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("an attribute's name has 1 to 255 bytes, not " + bytes.length);
        }
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("an attribute's name holds no NUL");
            }
        }
        return new XattrName(bytes);
    }

    public static XattrName of(String name) {
        return of(name.getBytes(StandardCharsets.UTF_8));
    }

    /** The array is the value's own: don't change it. */
    public byte[] bytes() {
        return bytes;
    }

    public boolean startsWith(String prefix) {
        byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof XattrName name && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
