package mille.overlay;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.Name;
import mille.linux.Stat;
import mille.linux.Xattrs;

/**
 * The mark of a copy that has metadata alone, its data being that of the next file below: {@code overlay.metacopy} (kernel document,
 * section "Metadata only copy up"). It is empty, or four bytes (version, length, flags, digest algorithm) and a digest of the data.
 */
final class Metacopy {
    /** What the kernel writes where no digest is kept. */
    static final byte[] EMPTY = {};

    private Metacopy() {}

    /**
     * Whether a regular file is such a copy.
     *
     * @throws ErrnoException EPERM where it is, but the option is off: its data can't be trusted to whoever made it
     */
    static boolean is(Union union, Fd directory, Name name, Stat stat) throws ErrnoException {
        if (!stat.isRegular() || stat.sizeBytes() == 0) {
            return false;
        }
        boolean on = union.options().has(OverlayOptions.Feature.METACOPY);
        // Such a copy has no blocks of data. With the option off, only that is worth a question.
        if (!on && stat.blocks512() * 512 >= stat.sizeBytes()) {
            return false;
        }
        if (Xattrs.get(directory, name, union.xattrs().metacopy()) == null) {
            return false;
        }
        if (!on && union.options().dataLowers().isEmpty()) {
            throw new ErrnoException(Errno.EPERM, "a copy of metadata alone, with metacopy=off: " + name);
        }
        return true;
    }
}
