package mille.engine.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Mounts;

/** What is mounted in this process's mount namespace ({@code /proc/self/mountinfo}, see {@code proc(5)}). */
final class MountTable {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT_FIELD = 4;

    private MountTable() {}

    /** Mount points below a directory (or at it), in the order in which they were mounted. The directory is a real path. */
    static List<Path> below(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String line :
                Files.readString(MOUNTINFO, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (fields.length > MOUNT_POINT_FIELD) {
                Path point = Path.of(unescape(fields[MOUNT_POINT_FIELD]));
                if (point.startsWith(directory)) {
                    found.add(point);
                }
            }
        }
        return found;
    }

    /** Space, tab, newline and backslash stand there as a backslash and three octal digits. */
    private static String unescape(String field) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < field.length(); at++) {
            char c = field.charAt(at);
            if (c == '\\' && at + 3 < field.length()) {
                bytes.write(Integer.parseInt(field.substring(at + 1, at + 4), 8));
                at += 3;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Unmounts all that is mounted below a directory, the last first, whoever still uses it or doesn't serve it any more. */
    static void clear(Path directory) throws IOException {
        for (Path point : below(directory).reversed()) {
            try {
                Mounts.unmount(point, Mounts.MNT_DETACH);
            } catch (ErrnoException e) {
                // EINVAL: it isn't a mount point any more; ENOENT: it isn't there. Somebody else was quicker.
                if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
    }
}
