package mille.overlay;

import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Name;
import mille.linux.Names;
import mille.linux.Stat;
import mille.linux.Xattrs;

/**
 * The mark that a name is gone although a lower layer has it: a character device 0:0, or, in layers made without the right to make one,
 * an empty regular file with the attribute {@code overlay.whiteout} (kernel document, section "whiteouts and opaque directories").
 */
final class Whiteout {
    private static final int MODE = Stat.S_IFCHR;

    /** All whiteouts of a mount are links of this file in the work directory, which saves inodes. */
    private static final FileName SHARED = FileName.of("#whiteout");

    private final Union union;

    Whiteout(Union union) {
        this.union = union;
    }

    /**
     * Whether the file of this name is one.
     *
     * @param stat of that file
     */
    static boolean is(OverlayXattr xattrs, Layer layer, Fd directory, Name name, Stat stat) throws ErrnoException {
        if (isDevice(stat)) {
            return true;
        }
        return layer.hasXattrWhiteouts()
                && stat.isRegular()
                && stat.sizeBytes() == 0
                && Xattrs.get(directory, name, xattrs.whiteout()) != null;
    }

    static boolean isDevice(Stat stat) {
        return stat.isCharacterDevice() && stat.rdevice() == 0;
    }

    /** Whether somebody asks to make one by hand, which the overlay must refuse: it would vanish. */
    static boolean isDevice(int mode, long rdevice) {
        return (mode & Stat.S_IFMT) == Stat.S_IFCHR && rdevice == 0;
    }

    /**
     * Puts one where nothing is. One step: it is there, or nothing has changed.
     *
     * @throws ErrnoException EEXIST where the upper layer holds something under that name
     */
    void place(Fd directory, FileName name) throws ErrnoException {
        WorkDirectory work = union.writable();
        try {
            Names.link(work.fd(), SHARED, directory, name);
        } catch (ErrnoException e) {
            switch (e.errno()) {
                case ENOENT, EMLINK -> {
                    renew(work);
                    Names.link(work.fd(), SHARED, directory, name);
                }
                case EOPNOTSUPP, EPERM -> Names.makeNode(directory, name, MODE, 0); // no hard links here
                default -> throw e;
            }
        }
    }

    /** A whiteout under a temporary name in the work directory, to be renamed to where it belongs. */
    FileName prepare() throws ErrnoException {
        WorkDirectory work = union.writable();
        FileName temporary = work.temporaryName();
        place(work.fd(), temporary);
        return temporary;
    }

    private static void renew(WorkDirectory work) throws ErrnoException {
        FileName fresh = work.temporaryName();
        Names.makeNode(work.fd(), fresh, MODE, 0);
        Names.rename(work.fd(), fresh, work.fd(), SHARED, 0);
    }
}
