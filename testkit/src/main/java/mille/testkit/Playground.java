package mille.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mille.linux.DirectoryReader;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.FileData;
import mille.linux.Names;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * A directory that a test plays in, by the shortest words: paths are relative, texts are bytes one to one (ISO 8859-1), each call is one or
 * two system calls, and an error is thrown as it comes. No call follows a symlink at the end of its path, but {@link #open} does.
 */
public final class Playground implements Closeable {
    private final Path path;
    private final Fd directory;

    private Playground(Path path, Fd directory) {
        this.path = path;
        this.directory = directory;
    }

    public static Playground at(Path existing) throws ErrnoException {
        return new Playground(existing, Fd.open(existing, O.RDONLY | O.DIRECTORY));
    }

    /** The directory itself, open. */
    public Fd directory() {
        return directory;
    }

    /** Its own name, in the directory that it lies in. */
    public String name() {
        return String.valueOf(path.getFileName());
    }

    /** The host's path of a name in here, for other processes. */
    public Path path(String name) {
        return path.resolve(name);
    }

    private static RelativePath name(String name) {
        return RelativePath.parse(name);
    }

    public Fd open(String name, int flags) throws ErrnoException {
        return directory.openAt(name(name), flags, 0644);
    }

    public Fd open(String name, int flags, int mode) throws ErrnoException {
        return directory.openAt(name(name), flags, mode);
    }

    /** Makes the file, or empties it, and writes the text. */
    public void write(String name, String text) throws ErrnoException {
        try (Fd file = open(name, O.WRONLY | O.CREAT | O.TRUNC)) {
            writeAt(file, 0, text);
        }
    }

    public void append(String name, String text) throws ErrnoException {
        try (Fd file = open(name, O.WRONLY | O.APPEND)) {
            writeAt(file, 0, text);
        }
    }

    /** The whole content of a file. */
    public String read(String name) throws ErrnoException {
        try (Fd file = open(name, O.RDONLY)) {
            return readAll(file);
        }
    }

    /** An empty file with these permissions whatever the umask. */
    public void file(String name, int mode) throws ErrnoException {
        open(name, O.WRONLY | O.CREAT | O.EXCL, mode).close();
        chmod(name, mode);
    }

    public void mkdir(String name) throws ErrnoException {
        mkdir(name, 0755);
    }

    /** A directory with these permissions, less the umask. */
    public void mkdir(String name, int mode) throws ErrnoException {
        Names.makeDirectory(directory, name(name), mode);
    }

    public void mknod(String name, int mode, int major, int minor) throws ErrnoException {
        Names.makeNode(directory, name(name), mode, Stat.makeDevice(major, minor));
    }

    public void symlink(String target, String name) throws ErrnoException {
        Names.makeSymlink(target.getBytes(ISO_8859_1), directory, name(name));
    }

    public String readlink(String name) throws ErrnoException {
        return new String(Names.readLink(directory, name(name)), ISO_8859_1);
    }

    public void link(String from, String to) throws ErrnoException {
        Names.link(directory, name(from), directory, name(to));
    }

    public void unlink(String name) throws ErrnoException {
        Names.unlink(directory, name(name));
    }

    public void rmdir(String name) throws ErrnoException {
        Names.removeDirectory(directory, name(name));
    }

    public void rename(String from, String to) throws ErrnoException {
        rename(from, to, 0);
    }

    /**
     * @param flags {@code Names.RENAME_*} bits
     */
    public void rename(String from, String to, int flags) throws ErrnoException {
        Names.rename(directory, name(from), directory, name(to), flags);
    }

    public Stat stat(String name) throws ErrnoException {
        return Stat.at(directory, name(name));
    }

    public boolean exists(String name) throws ErrnoException {
        return Stat.atOrNull(directory, name(name)) != null;
    }

    public void chmod(String name, int mode) throws ErrnoException {
        FileAttributes.setMode(directory, name(name), mode);
    }

    public void chown(String name, int uid, int gid) throws ErrnoException {
        FileAttributes.setOwner(directory, name(name), uid, gid);
    }

    public void chown(String name, Caller owner) throws ErrnoException {
        chown(name, owner.uid(), owner.gid());
    }

    /**
     * @param accessed null leaves it as it is, as does null for {@code modified}
     */
    public void utimes(String name, Stat.@Nullable Time accessed, Stat.@Nullable Time modified) throws ErrnoException {
        FileAttributes.setTimes(directory, name(name), accessed, modified);
    }

    public void setXattr(String name, String attribute, String value) throws ErrnoException {
        setXattr(name, attribute, value.getBytes(ISO_8859_1), 0);
    }

    public void setXattr(String name, String attribute, byte[] value, int flags) throws ErrnoException {
        Xattrs.set(directory, name(name), XattrName.of(attribute), value, flags);
    }

    /** The value, or null where there is none. */
    public @Nullable String xattr(String name, String attribute) throws ErrnoException {
        byte[] value = Xattrs.get(directory, name(name), XattrName.of(attribute));
        return value == null ? null : new String(value, ISO_8859_1);
    }

    public void removeXattr(String name, String attribute) throws ErrnoException {
        Xattrs.remove(directory, name(name), XattrName.of(attribute));
    }

    /** The names of its attributes, sorted. */
    public List<String> xattrs(String name) throws ErrnoException {
        return Xattrs.list(directory, name(name)).stream()
                .map(XattrName::toString)
                .sorted()
                .toList();
    }

    /** The names in a directory, sorted, without {@code .} and {@code ..}; of this one for {@code "."}. */
    public List<String> names(String name) throws ErrnoException {
        List<String> found = new ArrayList<>();
        try (Fd listed = open(name, O.RDONLY | O.DIRECTORY)) {
            DirectoryReader.forEach(listed, (entry, _, _) -> found.add(new String(entry.bytes(), UTF_8)));
        }
        return found.stream().sorted().toList();
    }

    /** Writes all of the text at an offset of an open file (at its end where it is open with {@code O_APPEND}). */
    public static void writeAt(Fd file, long offset, String text) throws ErrnoException {
        byte[] bytes = text.getBytes(ISO_8859_1);
        NativeBuffer buffer = NativeBuffer.allocate(Math.max(1, bytes.length));
        buffer.putBytes(0, bytes, 0, bytes.length);
        int written = FileData.writeAt(file, buffer, bytes.length, offset);
        if (written != bytes.length) {
            throw new AssertionError("wrote " + written + " of " + bytes.length + " bytes");
        }
    }

    /** What lies at an offset of an open file: shorter than {@code length} only at its end. */
    public static String readAt(Fd file, long offset, int length) throws ErrnoException {
        NativeBuffer buffer = NativeBuffer.allocate(Math.max(1, length));
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            int count = FileData.readAt(file, buffer, length - text.length(), offset + text.length());
            if (count == 0) {
                break;
            }
            text.append(new String(buffer.getBytes(0, count), ISO_8859_1));
        }
        return text.toString();
    }

    /** All of an open file, from its start. */
    public static String readAll(Fd file) throws ErrnoException {
        StringBuilder text = new StringBuilder();
        while (true) {
            String piece = readAt(file, text.length(), 1 << 16);
            if (piece.isEmpty()) {
                return text.toString();
            }
            text.append(piece);
        }
    }

    @Override
    public void close() {
        directory.close();
    }
}
