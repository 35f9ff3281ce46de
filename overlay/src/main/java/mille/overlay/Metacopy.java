package mille.overlay;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.Name;
import mille.linux.Stat;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * The mark of a copy that has metadata alone, its data being that of the next file below: {@code overlay.metacopy} (kernel document,
 * section "Metadata only copy up"). It is empty, or four bytes (version, length of all, flags, digest algorithm) and a digest of the data, which
 * {@link Verity} looks at.
 */
final class Metacopy {
    /** What the kernel writes where no digest is kept. */
    static final byte[] EMPTY = {};

    private static final int HEADER_BYTES = 4;
    private static final int LENGTH = 1;
    private static final int ALGORITHM = 3;

    private Metacopy() {}

    /**
     * Whether a regular file is such a copy. With the option off they are still allowed to lead from the bottommost of the merged layers to
     * data-only ones, as those hold nothing else that somebody could be led to.
     *
     * @param layer that holds the file
     * @throws ErrnoException EIO where the mark is too short to be one; EPERM where it is one, but isn't allowed: its data can't be
     *     trusted to whoever made it
     */
    static boolean is(Union union, Layer layer, Fd directory, Name name, Stat stat) throws ErrnoException {
        if (!stat.isRegular() || stat.sizeBytes() == 0) {
            return false;
        }
        boolean on = union.options().has(OverlayOptions.Feature.METACOPY);
        boolean leadsToData = !union.options().dataLowers().isEmpty();
        // Such a copy has no blocks of data. With the option off, only that is worth a question.
        if (!on && !leadsToData && stat.blocks512() * 512 >= stat.sizeBytes()) {
            return false;
        }
        byte[] value = Xattrs.get(directory, name, union.xattrs().metacopy());
        if (value == null) {
            return false;
        }
        if (value.length != 0 && value.length < HEADER_BYTES) {
            throw new ErrnoException(Errno.EIO, "a malformed mark of a copy of metadata alone: " + name);
        }
        if (!on && !(leadsToData && layer.index() == union.mergedLayers() - 1)) {
            throw new ErrnoException(Errno.EPERM, "a copy of metadata alone, with metacopy=off: " + name);
        }
        return true;
    }

    /** Whether a mark says what the data must be, well-formed or not. */
    static boolean hasDigest(byte[] mark) {
        return mark.length > HEADER_BYTES && mark[ALGORITHM] != 0;
    }

    /** With a digest of the data. */
    static byte[] mark(int algorithm, byte[] digest) {
        byte[] mark = new byte[HEADER_BYTES + digest.length];
        mark[LENGTH] = (byte) mark.length;
        mark[ALGORITHM] = (byte) algorithm;
        System.arraycopy(digest, 0, mark, HEADER_BYTES, digest.length);
        return mark;
    }

    /** Where the data of such a copy is; null for beneath it. With the option off, the way to a data-only layer is always free. */
    static @Nullable Redirect redirect(Union union, Fd directory, Name name) throws ErrnoException {
        return union.options().has(OverlayOptions.Feature.METACOPY)
                ? Redirect.of(union, directory, name)
                : Redirect.read(union, directory, name);
    }
}
