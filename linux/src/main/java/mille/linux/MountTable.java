package mille.linux;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mounts that this process sees, in the order in which they were made ({@code /proc/self/mountinfo}, {@code proc_pid_mountinfo(5)}).
 */
public record MountTable(List<Entry> entries) {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

    /**
     * One mount.
     *
     * @param id unique among the mounts of now; given again after the mount is gone
     * @param device of the files in it, packed as in {@link Stat#makeDevice}
     * @param root which directory of the file system is seen there
     * @param options of the mount, joined by commas
     * @param propagation such as {@code shared:1} and {@code master:2}; none for a private mount
     * @param fileSystem its type, such as {@code overlay} or {@code fuse.mille}
     * @param source what was mounted; a word of no meaning where there is no device
     * @param superOptions of the file system, joined by commas, in the file system's own escaping
     */
    public record Entry(
            int id,
            int parentId,
            long device,
            String root,
            Path mountPoint,
            String options,
            List<String> propagation,
            String fileSystem,
            String source,
            String superOptions) {
        public Entry {
            propagation = List.copyOf(propagation);
        }
    }

    public MountTable {
        entries = List.copyOf(entries);
    }

    /** As it is now. */
    public static MountTable read() throws ErrnoException {
        try (Fd file = Fd.open(MOUNTINFO, O.RDONLY)) {
            return read(file);
        }
    }

    /** Reads from the descriptor's position to the end. */
    static MountTable read(Fd mountinfo) throws ErrnoException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        NativeBuffer buffer = NativeBuffer.allocate(65536);
        while (true) {
            int length = FileData.read(mountinfo, buffer, 0, buffer.sizeBytes());
            if (length == 0) {
                return parse(all.toByteArray());
            }
            all.writeBytes(buffer.getBytes(0, length));
        }
    }

    static MountTable parse(byte[] mountinfo) {
        List<Entry> entries = new ArrayList<>();
        // One char a byte, so that names stay what they are until they are decoded one by one.
        for (String line : new String(mountinfo, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            if (!line.isEmpty()) {
                entries.add(entry(line));
            }
        }
        return new MountTable(entries);
    }

    private static Entry entry(String line) {
        String[] fields = line.split(" ", -1);
        int separator = 6;
        List<String> propagation = new ArrayList<>();
        while (!fields[separator].equals("-")) {
            propagation.add(fields[separator++]);
        }
        String[] device = fields[2].split(":", -1);
        return new Entry(
                Integer.parseInt(fields[0]),
                Integer.parseInt(fields[1]),
                Stat.makeDevice(Integer.parseInt(device[0]), Integer.parseInt(device[1])),
                text(fields[3]),
                HostPath.of(unescape(fields[4])),
                text(fields[5]),
                propagation,
                text(fields[separator + 1]),
                // An empty source leaves two spaces, and empty options may leave nothing at all.
                text(fields[separator + 2]),
                fields.length > separator + 3 ? text(fields[separator + 3]) : "");
    }

    private static String text(String field) {
        return new String(unescape(field), StandardCharsets.UTF_8);
    }

    /** Undoes {@code \}{@code 040} and the like: three octal digits for space, tab, newline, backslash and number sign. */
    private static byte[] unescape(String field) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(field.length());
        for (int at = 0; at < field.length(); at++) {
            if (field.charAt(at) == '\\' && isOctal(field, at + 1)) {
                bytes.write(Integer.parseInt(field.substring(at + 1, at + 4), 8));
                at += 3;
            } else {
                bytes.write(field.charAt(at));
            }
        }
        return bytes.toByteArray();
    }

    private static boolean isOctal(String field, int at) {
        if (at + 3 > field.length()) {
            return false;
        }
        for (int digit = at; digit < at + 3; digit++) {
            if (field.charAt(digit) < '0' || field.charAt(digit) > '7') {
                return false;
            }
        }
        return field.charAt(at) <= '3';
    }

    /**
     * The mount at this path that hides all others there; null where nothing is mounted.
     *
     * @param mountPoint absolute, without symlinks
     */
    public @Nullable Entry at(Path mountPoint) {
        Entry last = null;
        for (Entry entry : entries) {
            if (entry.mountPoint.equals(mountPoint)) {
                last = entry;
            }
        }
        return last;
    }

    /** The mount with this id; null where it is gone. */
    public @Nullable Entry withId(int id) {
        for (Entry entry : entries) {
            if (entry.id == id) {
                return entry;
            }
        }
        return null;
    }

    /** The mounts at this directory and in it, the last made first: the order in which to unmount them. */
    public List<Entry> beneath(Path directory) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.mountPoint.startsWith(directory)) {
                found.addFirst(entry);
            }
        }
        return found;
    }
}
