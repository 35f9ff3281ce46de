package mille.overlay;

import java.nio.charset.StandardCharsets;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.Name;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that an overlay keeps on its layers' files, and how they stay apart from a user's own: what a user calls
 * {@code trusted.overlay.x} is stored as {@code trusted.overlay.overlay.x} (kernel document, section "Nesting overlayfs mounts").
 */
final class OverlayXattr {
    /** Of {@link #guidesOn}: there may be an {@link #opaque}. */
    static final int MAY_BE_OPAQUE = 1;

    /** Of {@link #guidesOn}: there may be a {@link #redirect}. */
    static final int MAY_BE_MOVED = 2;

    private static final String ESCAPE = "overlay.";

    private final String prefix;
    private final XattrName opaque;
    private final XattrName whiteout;
    private final XattrName origin;
    private final XattrName impure;
    private final XattrName redirect;
    private final XattrName metacopy;
    private final XattrName[] guides;

    /** @param user whether they are {@code user.overlay.*}, for mounts without privilege */
    OverlayXattr(boolean user) {
        prefix = user ? "user.overlay." : "trusted.overlay.";
        opaque = XattrName.of(prefix + "opaque");
        whiteout = XattrName.of(prefix + "whiteout");
        origin = XattrName.of(prefix + "origin");
        impure = XattrName.of(prefix + "impure");
        redirect = XattrName.of(prefix + "redirect");
        metacopy = XattrName.of(prefix + "metacopy");
        guides = new XattrName[] {opaque, redirect};
    }

    /** On a directory: {@code y} hides the layers below, {@code x} says that files in it may be attribute whiteouts. */
    XattrName opaque() {
        return opaque;
    }

    /** On an empty regular file: it is a whiteout. */
    XattrName whiteout() {
        return whiteout;
    }

    /** On a copy in the upper layer: the lower file that it was made of. */
    XattrName origin() {
        return origin;
    }

    /** On a directory of the upper layer: copies that have an origin may be in it. */
    XattrName impure() {
        return impure;
    }

    /** On a directory of the upper layer: where the lower layers have it. */
    XattrName redirect() {
        return redirect;
    }

    /** On a copy in the upper layer: the data is below. */
    XattrName metacopy() {
        return metacopy;
    }

    /** Which of the attributes that lead to the layers below a directory, by its name in another, may have: one question for all. */
    int guidesOn(Fd directory, Name name) throws ErrnoException {
        return Xattrs.have(directory, name, guides);
    }

    /** Another attribute of the overlay's own. */
    XattrName named(String name) {
        return XattrName.of(prefix + name);
    }

    /** Whether an attribute on a layer's file is the overlay's own business: never shown, never copied up. */
    boolean isPrivate(XattrName stored) {
        return stored.startsWith(prefix) && !stored.startsWith(prefix + ESCAPE);
    }

    /** The name that a user's attribute is stored under. */
    XattrName stored(XattrName shown) {
        return shown.startsWith(prefix) ? insert(shown) : shown;
    }

    /** The name that a user sees for a stored one; null for the overlay's own. */
    @Nullable
    XattrName shown(XattrName stored) {
        if (!stored.startsWith(prefix)) {
            return stored;
        }
        if (!stored.startsWith(prefix + ESCAPE)) {
            return null;
        }
        byte[] bytes = stored.bytes();
        byte[] shorter = new byte[bytes.length - ESCAPE.length()];
        System.arraycopy(bytes, 0, shorter, 0, prefix.length());
        System.arraycopy(
                bytes, prefix.length() + ESCAPE.length(), shorter, prefix.length(), shorter.length - prefix.length());
        // What remains of "trusted.overlay.overlay." alone is a name without a name: not a user's attribute.
        return shorter.length == prefix.length() ? null : XattrName.of(shorter);
    }

    private XattrName insert(XattrName shown) {
        byte[] bytes = shown.bytes();
        byte[] escape = ESCAPE.getBytes(StandardCharsets.US_ASCII);
        byte[] longer = new byte[bytes.length + escape.length];
        System.arraycopy(bytes, 0, longer, 0, prefix.length());
        System.arraycopy(escape, 0, longer, prefix.length(), escape.length);
        System.arraycopy(
                bytes, prefix.length(), longer, prefix.length() + escape.length, bytes.length - prefix.length());
        return XattrName.of(longer);
    }
}
