package mille.linux;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Paths of the host as bytes and back, whatever the locale: {@link Path#toString} loses each byte that the locale's encoding doesn't know,
 * a path's URI keeps them all.
 */
public final class HostPath {
    private HostPath() {}

    /** The bytes that the kernel takes for this path, without the closing NUL. A path that isn't plain ASCII is made absolute. */
    public static byte[] bytesOf(Path path) {
        String text = path.toString();
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) >= 0x80) {
                return bytesOf(path.toUri());
            }
        }
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] bytesOf(URI uri) {
        String raw = uri.getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int at = 0; at < raw.length(); at++) {
            if (raw.charAt(at) == '%') {
                bytes.write(HexFormat.fromHexDigits(raw, at + 1, at + 3));
                at += 2;
            } else {
                bytes.write(raw.charAt(at));
            }
        }
        byte[] path = bytes.toByteArray();
        // A URI ends the path of a directory with a slash, and a slash makes the kernel follow a symlink.
        return path.length > 1 && path[path.length - 1] == '/' ? Arrays.copyOf(path, path.length - 1) : path;
    }

    /**
     * The path of these bytes.
     *
     * @param absolute starts with a slash
     * @throws IllegalArgumentException where it doesn't, or holds a NUL
     */
    public static Path of(byte[] absolute) {
        if (absolute.length == 0 || absolute[0] != '/') {
            throw new IllegalArgumentException(
                    "not an absolute path: '" + new String(absolute, StandardCharsets.UTF_8) + "'");
        }
        StringBuilder uri = new StringBuilder("file://").append('/');
        for (int at = 1; at < absolute.length; at++) {
            byte b = absolute[at];
            if (b == 0) {
                throw new IllegalArgumentException("a path holds no NUL");
            }
            if (b == '/') {
                uri.append('/');
            } else {
                uri.append('%').append(HexFormat.of().toHexDigits(b));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }

    /** The path of a name in this directory. */
    public static Path of(Path directory, Name name) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.writeBytes(bytesOf(directory.toAbsolutePath()));
        joined.write('/');
        joined.writeBytes(name.bytes());
        return of(joined.toByteArray());
    }
}
