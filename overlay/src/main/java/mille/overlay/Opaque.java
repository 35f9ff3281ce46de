package mille.overlay;

import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.Name;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/** What a directory's {@code overlay.opaque} attribute says of the layers below it. */
enum Opaque {
    /** They are merged with it. */
    NO,
    /** They are hidden. */
    YES,
    /** They are merged with it, and empty files in it may be attribute whiteouts. */
    XATTR_WHITEOUTS;

    private static final byte[] HIDES = {'y'};

    /** Of a directory that is open, {@code O_PATH} included. */
    static Opaque of(OverlayXattr xattrs, Fd directory) throws ErrnoException {
        return ofValue(Xattrs.get(directory, xattrs.opaque()));
    }

    /** Of a directory by its name in another. */
    static Opaque of(OverlayXattr xattrs, Fd parent, Name name) throws ErrnoException {
        return ofValue(Xattrs.get(parent, name, xattrs.opaque()));
    }

    private static Opaque ofValue(byte @Nullable [] value) {
        if (value == null || value.length == 0) {
            return NO;
        }
        return switch (value[0]) {
            case 'y' -> YES;
            case 'x' -> XATTR_WHITEOUTS;
            default -> NO;
        };
    }

    /** Hides what lies below a directory of the upper layer. */
    static void set(OverlayXattr xattrs, Fd directory) throws ErrnoException {
        Xattrs.set(directory, xattrs.opaque(), HIDES, 0);
    }
}
