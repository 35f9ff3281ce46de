package mille.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import mille.linux.DirectoryReader;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * A whole tree as it was at one moment: every name by its bytes, and of each entry the {@link Aspect}s as text that a person can read.
 *
 * @param entries in depth-first order, names of a directory in byte order; the root is {@link RelativePath#EMPTY}
 */
public record TreeSnapshot(Map<RelativePath, Map<Aspect, String>> entries) {

    public TreeSnapshot {
        entries = Collections.unmodifiableMap(entries);
    }

    /** Everything below a directory and the directory itself, with all attributes. */
    public static TreeSnapshot of(Path root) throws IOException {
        return of(root, (_, value) -> readable(value));
    }

    /** How an extended attribute is shown. */
    @FunctionalInterface
    public interface AttributeView {
        /** The value as text, or null where the attribute doesn't count. */
        @Nullable
        String view(XattrName name, byte[] value);
    }

    /** As {@link #of(Path)}, with attributes as the view shows them. */
    public static TreeSnapshot of(Path root, AttributeView attributes) throws IOException {
        Walk walk = new Walk(attributes);
        try (Fd directory = Fd.open(root, O.RDONLY | O.DIRECTORY)) {
            walk.entry(directory, RelativePath.EMPTY, Stat.of(directory));
            walk.children(directory, RelativePath.EMPTY);
        }
        return new TreeSnapshot(walk.entries);
    }

    /** Text in quotes, or hexadecimal digits where a byte is no printable character. */
    public static String readable(byte[] value) {
        for (byte b : value) {
            if (b < ' ' || b == 0x7f) {
                return "0x" + HexFormat.of().formatHex(value);
            }
        }
        return "\"" + new String(value, ISO_8859_1) + "\"";
    }

    /** One walk through a tree. */
    private static final class Walk {
        private final AttributeView attributes;
        private final Map<RelativePath, Map<Aspect, String>> entries = new LinkedHashMap<>();
        private final Map<Long, RelativePath> firstNames = new HashMap<>();
        private final NativeBuffer buffer = NativeBuffer.allocate(1 << 16);

        Walk(AttributeView attributes) {
            this.attributes = attributes;
        }

        private void children(Fd directory, RelativePath path) throws ErrnoException {
            List<FileName> names = new ArrayList<>();
            DirectoryReader.forEach(directory, (name, _, _) -> names.add(name));
            Collections.sort(names);
            for (FileName name : names) {
                RelativePath child = path.resolve(name);
                try {
                    visit(directory, name, child);
                } catch (ErrnoException e) {
                    entries.computeIfAbsent(child, _ -> new EnumMap<>(Aspect.class))
                            .put(Aspect.ERROR, e.errno().name());
                }
            }
        }

        private void visit(Fd parent, FileName name, RelativePath path) throws ErrnoException {
            Stat stat = Stat.at(parent, name);
            if (stat.isDirectory() || stat.isRegular()) {
                try (Fd file = parent.openAt(name, O.RDONLY | O.NOFOLLOW)) {
                    entry(file, path, stat);
                    if (stat.isDirectory()) {
                        children(file, path);
                    }
                }
            } else {
                try (Fd file = parent.openAt(name, O.PATH | O.NOFOLLOW)) {
                    Map<Aspect, String> aspects = entry(file, path, stat);
                    aspects.put(Aspect.XATTRS, xattrs(Xattrs.list(parent, name), a -> Xattrs.get(parent, name, a)));
                }
            }
        }

        private Map<Aspect, String> entry(Fd file, RelativePath path, Stat stat) throws ErrnoException {
            Map<Aspect, String> aspects = new EnumMap<>(Aspect.class);
            entries.put(path, aspects);
            aspects.put(Aspect.TYPE, type(stat));
            aspects.put(Aspect.MODE, String.format("%04o", stat.permissions()));
            aspects.put(
                    Aspect.OWNER, Integer.toUnsignedString(stat.uid()) + ":" + Integer.toUnsignedString(stat.gid()));
            aspects.put(
                    Aspect.MODIFIED,
                    String.format(
                            "%d.%09d",
                            stat.modified().seconds(), stat.modified().nanos()));
            aspects.put(Aspect.LINK_COUNT, String.valueOf(stat.linkCount()));
            if (!stat.isDirectory() && stat.linkCount() > 1) {
                RelativePath first = firstNames.putIfAbsent(stat.inode(), path);
                aspects.put(Aspect.HARD_LINK, String.valueOf(first == null ? path : first));
            }
            if (stat.isRegular()) {
                aspects.put(Aspect.SIZE, String.valueOf(stat.sizeBytes()));
                aspects.put(Aspect.CONTENT, digest(file));
            } else if (stat.isSymlink()) {
                aspects.put(Aspect.TARGET, new String(Names.readLink(file), ISO_8859_1));
            } else if (stat.isCharacterDevice() || stat.isBlockDevice()) {
                aspects.put(Aspect.DEVICE, Stat.major(stat.rdevice()) + ":" + Stat.minor(stat.rdevice()));
            }
            if (stat.isDirectory() || stat.isRegular()) {
                aspects.put(Aspect.XATTRS, xattrs(Xattrs.list(file), a -> Xattrs.get(file, a)));
            }
            return aspects;
        }

        @FunctionalInterface
        private interface ValueReader {
            byte @Nullable [] read(XattrName attribute) throws ErrnoException;
        }

        private String xattrs(List<XattrName> names, ValueReader values) throws ErrnoException {
            Map<String, String> found = new TreeMap<>();
            for (XattrName name : names) {
                byte[] value = values.read(name);
                String text = value == null ? "(none)" : attributes.view(name, value);
                if (text != null) {
                    found.put(name.toString(), text);
                }
            }
            StringJoiner all = new StringJoiner(", ", "[", "]");
            found.forEach((name, value) -> all.add(name + "=" + value));
            return all.toString();
        }

        private String digest(Fd file) throws ErrnoException {
            MessageDigest digest = sha256();
            long offset = 0;
            while (true) {
                int count = FileData.readAt(file, buffer, (int) buffer.sizeBytes(), offset);
                if (count == 0) {
                    return HexFormat.of().formatHex(digest.digest());
                }
                digest.update(buffer.getBytes(0, count));
                offset += count;
            }
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException impossible) {
                throw new AssertionError("every JDK has it", impossible);
            }
        }

        private static String type(Stat stat) {
            return switch (stat.type()) {
                case Stat.S_IFREG -> "file";
                case Stat.S_IFDIR -> "directory";
                case Stat.S_IFLNK -> "symlink";
                case Stat.S_IFCHR -> "character device";
                case Stat.S_IFBLK -> "block device";
                case Stat.S_IFIFO -> "fifo";
                case Stat.S_IFSOCK -> "socket";
                default -> String.format("type %o", stat.type());
            };
        }
    }
}
