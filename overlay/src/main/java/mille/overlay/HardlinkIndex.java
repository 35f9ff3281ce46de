package mille.overlay;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the names of one lower file names of one file when it is copied up ({@code index=on}; kernel document, section "Index"): the copy
 * lies in {@code work/index} under a name made of the lower file's handle, and every name that is written to in the upper layer is a hard
 * link of it. A name that only a lower layer has finds the copy through the index.
 *
 * <p>How many names users see is kept with the copy ({@code overlay.nlink}) as a difference: {@code U+1} is one more than the copy's own
 * links, {@code L-1} one fewer than the lower file's. Before a name is copied up it is written against the lower count, before one comes
 * or goes against the upper count, so that a crash on either side of that step leaves it true. In between it stands against the upper count,
 * as the kernel leaves it.
 */
final class HardlinkIndex implements AutoCloseable {
    private static final FileName DIRECTORY = FileName.of("index");

    private final Fd fd;
    private final XattrName linksName;

    private HardlinkIndex(Fd fd, OverlayXattr xattrs) {
        this.fd = fd;
        this.linksName = xattrs.named("nlink");
    }

    /**
     * Makes the index, or opens the one that is there. The upper directory remembers the topmost lower one by {@code overlay.origin}, the
     * index the upper one by {@code overlay.upper}: handles in the index mean nothing anywhere else.
     *
     * @param work the directory that the user gave; stays the caller's
     * @param layers the upper and at least one lower
     * @return null where one of them remembers another directory
     */
    static @Nullable HardlinkIndex open(Fd work, OverlayXattr xattrs, List<Layer> layers, Origin origins)
            throws ErrnoException {
        Fd upper = layers.get(Layer.UPPER).root();
        if (!remembers(upper, xattrs.origin(), origins.valueFor(layers.get(1).root()))) {
            return null;
        }
        try {
            Names.makeDirectory(work, DIRECTORY, 0700);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
        Fd directory = work.openAt(DIRECTORY, O.PATH | O.DIRECTORY | O.NOFOLLOW);
        boolean fits = false;
        try {
            fits = remembers(directory, xattrs.named("upper"), origins.valueForUpper(upper));
        } finally {
            if (!fits) {
                directory.close();
            }
        }
        return fits ? new HardlinkIndex(directory, xattrs) : null;
    }

    /** Whether a directory's attribute has this value; where it has none, it gets it. */
    private static boolean remembers(Fd directory, XattrName attribute, byte[] value) throws ErrnoException {
        byte[] stored = Xattrs.get(directory, attribute);
        if (stored == null) {
            Xattrs.set(directory, attribute, value, 0);
            return true;
        }
        return Arrays.equals(stored, value);
    }

    /** {@code O_PATH}. */
    Fd fd() {
        return fd;
    }

    /** What one lower file with several names is. */
    record Entry(FileName name, int lowerLinks) {}

    /** The copy of a lower file; null where it wasn't copied up. */
    @Nullable
    Stat find(FileName name) throws ErrnoException {
        return Stat.atOrNull(fd, name);
    }

    /** Where the copy is. */
    Location locate(FileName name) {
        return Location.at(fd, name);
    }

    /** How many names users see of a copy. */
    int links(Entry entry, Stat copy) throws ErrnoException {
        int recorded = recordedLinks(entry.name(), entry.lowerLinks(), copy);
        return recorded < 0 ? entry.lowerLinks() : recorded;
    }

    /** How many names users see of a copy; -1 where nobody has written it down. */
    int recordedLinks(FileName name, int lowerLinks, Stat copy) throws ErrnoException {
        byte[] value = Xattrs.get(fd, name, linksName);
        if (value == null || value.length < 2) {
            return -1;
        }
        try {
            int difference = Integer.parseInt(new String(value, 1, value.length - 1, StandardCharsets.US_ASCII));
            return Math.max(0, (value[0] == 'U' ? copy.linkCount() : lowerLinks) + difference);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Written before the copy gets or loses a name that users see: then both counts change alike. */
    void recordAgainstUpper(FileName name, int links) throws ErrnoException {
        record(name, 'U', links - Stat.at(fd, name).linkCount());
    }

    /** Written before a name that a lower layer has becomes a link of the copy: users see no more names than before. */
    void recordAgainstLower(Entry entry, int links) throws ErrnoException {
        record(entry.name(), 'L', links - entry.lowerLinks());
    }

    private void record(FileName name, char base, int difference) throws ErrnoException {
        Xattrs.set(fd, name, linksName, value(base, difference), 0);
    }

    private static byte[] value(char base, int difference) {
        String sign = difference < 0 ? "" : "+";
        return (base + sign + difference).getBytes(StandardCharsets.US_ASCII);
    }

    /** No name leads to the copy any more. */
    void remove(FileName name) throws ErrnoException {
        Names.unlink(fd, name);
    }

    @Override
    public void close() {
        fd.close();
    }
}
