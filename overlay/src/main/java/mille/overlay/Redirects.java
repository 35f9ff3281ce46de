package mille.overlay;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.Name;
import mille.linux.Xattrs;

/** Writes redirects on what is about to move while lower layers keep a part of it. The caller holds RENAME. */
final class Redirects {
    private final Union union;

    Redirects(Union union) {
        this.union = union;
    }

    /**
     * Before a move. A redirect that is there and still leads to the same place stays.
     *
     * @param moved a directory with lowers, or a copy of metadata alone
     * @param directory where it is in the upper layer, under {@code name}
     * @param sameDirectory whether it moves within its directory
     * @throws ErrnoException EXDEV where the path is too long for one
     */
    void beforeMove(Node moved, Fd directory, Name name, boolean sameDirectory) throws ErrnoException {
        // Another name of the same file may lie elsewhere, where a sibling's name means nothing.
        boolean nameIsEnough = sameDirectory && (moved.isDirectory() || moved.indexed() == null);
        Redirect now = Redirect.of(union, directory, name);
        if (now instanceof Redirect.Absolute || (now != null && nameIsEnough)) {
            return;
        }
        Redirect next = nameIsEnough
                ? new Redirect.Sibling(moved.lowerPath(0).names().getLast())
                : new Redirect.Absolute(moved.lowerPath(0));
        byte[] value = next.value();
        if (value.length > Redirect.MAX_BYTES) {
            throw new ErrnoException(Errno.EXDEV, "a redirect of " + value.length + " bytes");
        }
        Xattrs.set(directory, name, union.xattrs().redirect(), value, 0);
    }

    /** Before a copy of metadata alone gets one more name, from which a sibling's name may mean nothing. */
    void beforeLink(Node linked, Location copy) throws ErrnoException {
        if (!linked.hasDataBelow()) {
            return;
        }
        Redirect next = new Redirect.Absolute(linked.lowerPath(0));
        byte[] value = next.value();
        if (value.length > Redirect.MAX_BYTES) {
            throw new ErrnoException(Errno.EXDEV, "a redirect of " + value.length + " bytes");
        }
        copy.setXattr(union.xattrs().redirect(), value, 0);
    }
}
