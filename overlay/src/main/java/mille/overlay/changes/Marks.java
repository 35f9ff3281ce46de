package mille.overlay.changes;

import java.util.Arrays;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/** Where the overlay's own attributes stand ({@code Documentation/filesystems/overlayfs.rst}, "userxattr"). */
public final class Marks {
    /** {@code trusted.overlay.*}, the kernel's default. */
    public static final Marks TRUSTED = new Marks("trusted.overlay.");

    /** {@code user.overlay.*}, which an unprivileged user may set. */
    public static final Marks USER = new Marks("user.overlay.");

    /** Of {@code opaque}: nothing of lower layers shows in this directory. */
    private static final byte[] OPAQUE = {'y'};

    /** Of {@code opaque}: files here may be whiteouts in the attribute's form. */
    private static final byte[] HAS_WHITEOUT_FILES = {'x'};

    private final XattrName opaque;
    private final XattrName whiteout;
    private final XattrName redirect;

    private Marks(String prefix) {
        opaque = XattrName.of(prefix + "opaque");
        whiteout = XattrName.of(prefix + "whiteout");
        redirect = XattrName.of(prefix + "redirect");
    }

    boolean isOpaque(Fd directory) throws ErrnoException {
        return Arrays.equals(Xattrs.get(directory, opaque), OPAQUE);
    }

    boolean hasWhiteoutFiles(Fd directory) throws ErrnoException {
        return Arrays.equals(Xattrs.get(directory, opaque), HAS_WHITEOUT_FILES);
    }

    /** Whether the name hides what lower layers have under it: a 0:0 character device, or a marked empty file in a marked directory. */
    boolean isWhiteout(Fd directory, FileName name, Stat stat) throws ErrnoException {
        if (stat.isCharacterDevice()) {
            return stat.rdevice() == 0;
        }
        return stat.isRegular()
                && stat.sizeBytes() == 0
                && Xattrs.get(directory, name, whiteout) != null
                && hasWhiteoutFiles(directory);
    }

    /** Under which name or path lower layers have this directory; null where it is its own. */
    byte @Nullable [] redirectOf(Fd directory) throws ErrnoException {
        return Xattrs.get(directory, redirect);
    }
}
