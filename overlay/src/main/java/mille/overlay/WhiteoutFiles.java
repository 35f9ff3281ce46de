package mille.overlay;

import java.util.ArrayList;
import java.util.List;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Name;
import mille.linux.RelativePath;
import mille.linux.Stat;

/**
 * The dialect of AUFS and of layers' tars, that a lower layer may speak where an option says so: {@code .wh.NAME} takes NAME away, in its own
 * directory and in those below, and a directory with {@code .wh..wh..opq} in it is opaque. No name with this prefix is ever shown. That is
 * how fuse-overlayfs reads them. The upper layer doesn't speak it: there such a name is a user's own.
 */
final class WhiteoutFiles {
    private static final String PREFIX = ".wh.";
    private static final FileName OPAQUE = FileName.of(".wh..wh..opq");

    private WhiteoutFiles() {}

    /** Whether a name is a word of the dialect. */
    static boolean isOne(FileName name) {
        return name.startsWith(PREFIX);
    }

    /** The name that a word takes away; of {@code .wh.} alone, itself. */
    static FileName hidden(FileName word) {
        byte[] bytes = word.bytes();
        if (bytes.length == PREFIX.length()) {
            return word;
        }
        byte[] rest = new byte[bytes.length - PREFIX.length()];
        System.arraycopy(bytes, PREFIX.length(), rest, 0, rest.length);
        return FileName.isValid(rest) ? FileName.of(rest) : word;
    }

    /** Whether a layer speaks the dialect, and says in this directory that the name is gone there and below. */
    static boolean hide(Layer layer, Fd directory, FileName name) throws ErrnoException {
        if (!layer.hasWhiteoutFiles() || name.bytes().length + PREFIX.length() > FileName.MAX_BYTES) {
            return false;
        }
        return Stat.atOrNull(directory, wordFor(name)) != null;
    }

    /** The same for a path from the layer's root. */
    static boolean hide(Layer layer, RelativePath path) throws ErrnoException {
        List<FileName> names = path.names();
        if (!layer.hasWhiteoutFiles()
                || names.isEmpty()
                || names.getLast().bytes().length + PREFIX.length() > FileName.MAX_BYTES) {
            return false;
        }
        List<FileName> word = new ArrayList<>(names);
        word.set(word.size() - 1, wordFor(names.getLast()));
        return layer.statOrNull(RelativePath.of(word)) != null;
    }

    private static FileName wordFor(FileName name) {
        byte[] bytes = name.bytes();
        byte[] word = new byte[PREFIX.length() + bytes.length];
        for (int i = 0; i < PREFIX.length(); i++) {
            word[i] = (byte) PREFIX.charAt(i);
        }
        System.arraycopy(bytes, 0, word, PREFIX.length(), bytes.length);
        return FileName.of(word);
    }

    /** Whether a layer speaks the dialect, and says that this directory is opaque. */
    static boolean makeOpaque(Layer layer, Fd directory, Name name) throws ErrnoException {
        if (!layer.hasWhiteoutFiles()) {
            return false;
        }
        List<FileName> inside = new ArrayList<>();
        if (name instanceof FileName single) {
            inside.add(single);
        } else if (name instanceof RelativePath path) {
            inside.addAll(path.names());
        }
        inside.add(OPAQUE);
        return Stat.atOrNull(directory, RelativePath.of(inside)) != null;
    }
}
