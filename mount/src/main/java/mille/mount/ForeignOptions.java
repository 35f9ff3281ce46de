package mille.mount;

import java.util.Map;
import java.util.Set;

/** Mount options that others understand: those that can be passed over, and those that can't, with the reason. */
final class ForeignOptions {
    /** What {@code mount(8)} and {@code fstab} say to each other, and what tunes libfuse or fuse-overlayfs and changes nothing to be seen. */
    private static final Set<String> HARMLESS_WORDS = Set.of(
            "auto",
            "noauto",
            "nofail",
            "_netdev",
            "lazytime",
            "nolazytime",
            "big_writes",
            "clone_fd",
            "auto_unmount",
            "debug",
            "nonempty");

    private static final Set<String> HARMLESS_NAMES = Set.of(
            "threaded", "fsync", "fast_ialloc", "writeback", "max_idle_threads", "max_threads", "max_read", "subtype");

    private static final Map<String, String> REFUSED = Map.of(
            "context", "mount option 'context' is for SELinux, which Mille knows nothing of",
            "plugins", "mount option 'plugins' is for libraries of fuse-overlayfs, which can't be loaded here",
            "allow_root", "mount option 'allow_root' can't be had: all users are allowed, and their rights checked");

    private ForeignOptions() {}

    /**
     * @param option with its value, if it has one
     * @throws IllegalArgumentException with one sentence, for one whose effect somebody would miss
     */
    static boolean areHarmless(String option) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        String reason = REFUSED.get(name);
        if (reason != null) {
            throw new IllegalArgumentException(reason);
        }
        return option.startsWith("x-") || (equals < 0 ? HARMLESS_WORDS : HARMLESS_NAMES).contains(name);
    }
}
