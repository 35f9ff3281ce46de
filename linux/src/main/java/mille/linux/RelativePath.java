package mille.linux;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A path below some directory: no leading slash, no empty, {@code .} or {@code ..} component. The empty path is the directory itself, and
 * reaches the kernel as {@code "."}.
 */
public final class RelativePath implements Name {
    /** The directory itself. */
    public static final RelativePath EMPTY = new RelativePath(new byte[] {'.'});

    private final byte[] bytes;

    private RelativePath(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The path of these names, outermost first. */
    public static RelativePath of(List<FileName> names) {
        if (names.isEmpty()) {
            return EMPTY;
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (FileName name : names) {
            if (joined.size() > 0) {
                joined.write('/');
            }
            joined.writeBytes(name.bytes());
        }
        return new RelativePath(joined.toByteArray());
    }

    /**
     * Splits at slashes; a slash at an end, doubled slashes and {@code .} count for nothing, as in the kernel.
     *
     * @throws IllegalArgumentException for {@code ..}, NUL, or a component longer than {@link FileName#MAX_BYTES}
     */
    public static RelativePath parse(byte[] bytes) {
        List<FileName> names = new ArrayList<>();
        int start = 0;
        for (int at = 0; at <= bytes.length; at++) {
            if (at == bytes.length || bytes[at] == '/') {
                byte[] component = Arrays.copyOfRange(bytes, start, at);
                if (component.length > 0 && !(component.length == 1 && component[0] == '.')) {
                    names.add(FileName.of(component));
                }
                start = at + 1;
            }
        }
        return of(names);
    }

    /** {@link #parse(byte[])} of the UTF-8 bytes. */
    public static RelativePath parse(String path) {
        return parse(path.getBytes(StandardCharsets.UTF_8));
    }

    public boolean isEmpty() {
        return bytes.length == 1 && bytes[0] == '.';
    }

    /** Its components, outermost first; none for the empty path. */
    public List<FileName> names() {
        if (isEmpty()) {
            return List.of();
        }
        List<FileName> names = new ArrayList<>();
        int start = 0;
        for (int at = 0; at <= bytes.length; at++) {
            if (at == bytes.length || bytes[at] == '/') {
                names.add(FileName.of(Arrays.copyOfRange(bytes, start, at)));
                start = at + 1;
            }
        }
        return names;
    }

    /** This path with one more component. */
    public RelativePath resolve(FileName child) {
        if (isEmpty()) {
            return new RelativePath(child.bytes());
        }
        byte[] joined = Arrays.copyOf(bytes, bytes.length + 1 + child.bytes().length);
        joined[bytes.length] = '/';
        System.arraycopy(child.bytes(), 0, joined, bytes.length + 1, child.bytes().length);
        return new RelativePath(joined);
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RelativePath path && Arrays.equals(bytes, path.bytes);
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
