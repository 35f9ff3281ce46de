package mille.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Mounts;

/** A directory where a test has mounted something; closing unmounts it, lazily if it is busy, and is harmless when that is done. */
public final class MountPoint implements Closeable {
    private final Path path;
    private boolean mounted = true;

    private MountPoint(Path path) {
        this.path = path;
    }

    /**
     * {@code mount(2)} at a directory, which is made if need be.
     *
     * @param data options as the file system takes them
     */
    public static MountPoint mount(String source, Path target, String type, long flags, String data)
            throws IOException {
        Files.createDirectories(target);
        Mounts.mount(source, target, type, flags, data);
        return new MountPoint(target);
    }

    /** Takes over what something else, such as {@code mount(8)}, has mounted there. */
    static MountPoint of(Path target) {
        return new MountPoint(target);
    }

    /** The mounted directory. */
    public Path path() {
        return path;
    }

    @Override
    public synchronized void close() throws IOException {
        if (mounted) {
            mounted = false;
            unmount(path);
        }
    }

    private static void unmount(Path target) throws ErrnoException {
        try {
            Mounts.unmount(target, 0);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EBUSY) {
                Mounts.unmount(target, Mounts.MNT_DETACH);
            } else if (e.errno() != Errno.EINVAL) { // EINVAL: nothing is mounted there any more
                throw e;
            }
        }
    }

    /** Unmounts whatever is mounted at a directory or below it, the newest first, without looking into any of the mounts. */
    static void unmountBeneath(Path directory) throws IOException {
        for (Path target : beneath(directory).reversed()) {
            Mounts.unmount(target, Mounts.MNT_DETACH);
        }
    }

    /** The mount points at a directory or below it, oldest first, by {@code /proc/self/mountinfo}. */
    public static List<Path> beneath(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)) {
            Path target = Path.of(unescape(line.split(" ", -1)[4]));
            if (target.startsWith(directory)) {
                found.add(target);
            }
        }
        return found;
    }

    /** The kernel writes blanks, newlines and backslashes of a path as three octal digits. */
    private static String unescape(String field) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < field.length(); at++) {
            if (field.charAt(at) == '\\') {
                text.append((char) Integer.parseInt(field.substring(at + 1, at + 4), 8));
                at += 3;
            } else {
                text.append(field.charAt(at));
            }
        }
        return text.toString();
    }
}
