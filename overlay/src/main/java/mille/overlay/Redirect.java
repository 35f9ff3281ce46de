package mille.overlay;

import java.nio.charset.StandardCharsets;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Name;
import mille.linux.RelativePath;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * Where the layers below a renamed directory have it: {@code overlay.redirect} (kernel document, section "Directories", "redirect_dir").
 * A name alone is looked for beside, in the parent's lower directories; a value that starts with a slash is a path from each layer's root.
 */
sealed interface Redirect {
    /** The kernel's {@code redirect_max}: a directory whose path is longer can't be moved. */
    int MAX_BYTES = 256;

    /** Under another name in the same directory. */
    record Sibling(FileName name) implements Redirect {
        @Override
        public byte[] value() {
            return name.bytes();
        }
    }

    /** At a path from the roots of all layers below. */
    record Absolute(RelativePath path) implements Redirect {
        @Override
        public byte[] value() {
            byte[] bytes = path.bytes();
            byte[] value = new byte[bytes.length + 1];
            value[0] = '/';
            System.arraycopy(bytes, 0, value, 1, bytes.length);
            return value;
        }
    }

    /**
     * What a directory says, by its name in another; null where it says nothing.
     *
     * @throws ErrnoException EPERM where redirects aren't to be followed, EINVAL for a value that is none
     */
    static @Nullable Redirect of(Union union, Fd parent, Name name) throws ErrnoException {
        Redirect redirect = read(union, parent, name);
        if (redirect != null && union.options().redirect() == RedirectPolicy.NOFOLLOW) {
            throw new ErrnoException(Errno.EPERM, "follow a redirect");
        }
        return redirect;
    }

    /** The same whether or not redirects are to be followed. */
    static @Nullable Redirect read(Union union, Fd parent, Name name) throws ErrnoException {
        byte[] value = Xattrs.get(parent, name, union.xattrs().redirect());
        if (value == null || value.length == 0) {
            return null;
        }
        try {
            return value[0] == '/' ? new Absolute(RelativePath.parse(value)) : new Sibling(FileName.of(value));
        } catch (IllegalArgumentException e) {
            throw new ErrnoException(Errno.EINVAL, "redirect " + new String(value, StandardCharsets.UTF_8));
        }
    }

    /** The value that the attribute gets. */
    byte[] value();
}
