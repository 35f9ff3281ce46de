package mille.mount;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import mille.overlay.OverlayOptions.Feature;
import mille.overlay.RedirectPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What follows from options for others that nobody has named, and which contradict each other: as the kernel's overlay has it, but that
 * {@code redirect_dir} and {@code index} are on by default where there is an upper directory.
 */
final class OptionRules {
    private final Set<Feature> on;
    private final Set<Feature> off;
    private final @Nullable RedirectPolicy asked;
    private RedirectPolicy redirect;

    /**
     * @param writable whether there is an upper directory
     * @param asked null where nobody has said
     * @param on what was asked for
     * @param off what was asked to be off
     * @throws IllegalArgumentException with one sentence that names two options that contradict each other
     */
    OptionRules(boolean writable, @Nullable RedirectPolicy asked, Set<Feature> on, Set<Feature> off) {
        this.on = EnumSet.noneOf(Feature.class);
        this.on.addAll(on);
        this.off = off;
        this.asked = asked;
        boolean alone = on.contains(Feature.USERXATTR);
        if (asked != null) {
            redirect = asked;
        } else if (alone) {
            redirect = RedirectPolicy.NOFOLLOW;
        } else {
            redirect = writable ? RedirectPolicy.ON : RedirectPolicy.OFF;
        }
        metacopyNeedsRedirects(writable);
        exportNeedsIndex();
        userAttributesAreNotTrusted();
        if (!writable) {
            this.on.remove(Feature.INDEX);
            this.on.remove(Feature.VOLATILE);
        } else if (on.contains(Feature.INDEX) || on.contains(Feature.NFS_EXPORT)) {
            this.on.add(Feature.INDEX);
            this.on.add(Feature.STRICT_INDEX);
        } else if (!off.contains(Feature.INDEX)) {
            this.on.add(Feature.INDEX);
        }
    }

    /** A copy of metadata that moves says by a redirect where its data is. */
    private void metacopyNeedsRedirects(boolean writable) {
        if (!on.contains(Feature.METACOPY) || on.contains(Feature.USERXATTR)) {
            return;
        }
        if (asked == RedirectPolicy.FOLLOW && !writable) {
            return; // nothing moves
        }
        if (asked != null && asked != RedirectPolicy.ON) {
            throw conflict("metacopy=on", redirectOption(asked));
        }
        redirect = RedirectPolicy.ON;
    }

    private void exportNeedsIndex() {
        if (!on.contains(Feature.NFS_EXPORT)) {
            return;
        }
        if (off.contains(Feature.INDEX)) {
            throw conflict("nfs_export=on", "index=off");
        }
        if (on.contains(Feature.METACOPY)) {
            throw conflict("nfs_export=on", "metacopy=on");
        }
    }

    /** Anybody can set {@code user.overlay.*}, and by that would choose which lower file is seen under a name and a mode of his own. */
    private void userAttributesAreNotTrusted() {
        if (!on.contains(Feature.USERXATTR)) {
            return;
        }
        if (on.contains(Feature.METACOPY)) {
            throw conflict("userxattr", "metacopy=on");
        }
        if (asked == RedirectPolicy.ON || asked == RedirectPolicy.FOLLOW) {
            throw conflict("userxattr", redirectOption(asked));
        }
        redirect = RedirectPolicy.NOFOLLOW;
    }

    private static String redirectOption(RedirectPolicy policy) {
        return "redirect_dir=" + policy.name().toLowerCase(Locale.ROOT);
    }

    private static IllegalArgumentException conflict(String one, String other) {
        return new IllegalArgumentException("mount options " + one + " and " + other + " contradict each other");
    }

    RedirectPolicy redirect() {
        return redirect;
    }

    Set<Feature> features() {
        return on;
    }
}
