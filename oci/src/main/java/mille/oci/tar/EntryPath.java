package mille.oci.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an entry lies below the root of its layer: names outermost first, none for the root itself. No name is empty, {@code .} or
 * {@code ..}, has a slash or NUL, or more than 255 bytes; the whole is no longer than the kernel takes.
 *
 * <p>That alone doesn't make an extraction safe: a symbolic link that an earlier entry made may stand where a directory is expected, so
 * whoever extracts must not follow links on the way.
 */
public record EntryPath(List<ByteString> names) {
    /** {@code NAME_MAX} of Linux. */
    private static final int MAX_NAME_BYTES = 255;
    /** {@code PATH_MAX} of Linux without the closing NUL. */
    private static final int MAX_PATH_BYTES = 4095;

    public EntryPath {
        names = List.copyOf(names);
        long length = -1;
        for (ByteString name : names) {
            checkComponent(name);
            length += 1 + name.length();
        }
        if (length > MAX_PATH_BYTES) {
            throw new IllegalArgumentException("it has more than " + MAX_PATH_BYTES + " bytes");
        }
    }

    /**
     * The path that an entry's name or a hard link's target means: slashes at the start are dropped, as Docker does, and so are {@code .}
     * and empty components.
     *
     * @throws IOException with the name, where it has a {@code ..} component or the kernel couldn't take it
     */
    public static EntryPath of(ByteString name) throws IOException {
        List<ByteString> names = new ArrayList<>();
        int start = 0;
        while (start <= name.length()) {
            int slash = name.indexOf('/', start);
            int end = slash < 0 ? name.length() : slash;
            ByteString component = name.slice(start, end);
            if (!component.isEmpty() && !component.equals(DOT)) {
                names.add(component);
            }
            start = end + 1;
        }
        try {
            return new EntryPath(names);
        } catch (IllegalArgumentException e) {
            throw new IOException("refused: entry '" + shortened(name) + "': " + e.getMessage(), e);
        }
    }

    private static final ByteString DOT = ByteString.of(".");
    private static final ByteString DOT_DOT = ByteString.of("..");

    private static void checkComponent(ByteString name) {
        if (name.equals(DOT_DOT)) {
            throw new IllegalArgumentException("it has a '..' component");
        }
        if (name.isEmpty() || name.equals(DOT) || name.contains('/') || name.contains(0)) {
            throw new IllegalArgumentException("it is no path");
        }
        if (name.length() > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("it has a component of more than " + MAX_NAME_BYTES + " bytes");
        }
    }

    /** A name for a message: a stranger's may have a million bytes. */
    static String shortened(ByteString name) {
        return name.length() <= MAX_NAME_BYTES ? name.toString() : name.slice(0, MAX_NAME_BYTES) + "...";
    }

    public boolean isRoot() {
        return names.isEmpty();
    }

    /**
     * The last name.
     *
     * @throws java.util.NoSuchElementException for the root
     */
    public ByteString lastName() {
        return names.getLast();
    }

    /**
     * The path without its last name.
     *
     * @throws java.util.NoSuchElementException for the root
     */
    public EntryPath parent() {
        lastName();
        return new EntryPath(names.subList(0, names.size() - 1));
    }

    EntryPath sibling(ByteString otherName) {
        List<ByteString> others = new ArrayList<>(names.subList(0, names.size() - 1));
        others.add(otherName);
        return new EntryPath(others);
    }

    /** The names joined by slashes, without one at the start; empty for the root. */
    public byte[] bytes() {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (ByteString name : names) {
            if (joined.size() > 0) {
                joined.write('/');
            }
            joined.writeBytes(name.bytes());
        }
        return joined.toByteArray();
    }

    /** For people: absolute, as the container will see it. */
    @Override
    public String toString() {
        return "/" + ByteString.of(bytes());
    }
}
