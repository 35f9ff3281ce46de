package mille.mount;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mille.linux.Mounts;

/**
 * Options that every mount may have, as {@code mount(8)} names them.
 *
 * @param source what mount tables show as the device ({@code fsname=})
 * @param flags {@code MS_*} bits
 */
record GenericOptions(String source, long flags) {
    private static final String DEFAULT_SOURCE = "overlay";

    /** What one word does to the flags. */
    private record Change(long set, long cleared) {}

    private static final Map<String, Change> CHANGES = Map.ofEntries(
            sets("ro", Mounts.MS_RDONLY),
            clears("rw", Mounts.MS_RDONLY),
            sets("nosuid", Mounts.MS_NOSUID),
            clears("suid", Mounts.MS_NOSUID),
            sets("nodev", Mounts.MS_NODEV),
            clears("dev", Mounts.MS_NODEV),
            sets("noexec", Mounts.MS_NOEXEC),
            clears("exec", Mounts.MS_NOEXEC),
            sets("sync", Mounts.MS_SYNCHRONOUS),
            clears("async", Mounts.MS_SYNCHRONOUS),
            sets("dirsync", Mounts.MS_DIRSYNC),
            sets("noatime", Mounts.MS_NOATIME),
            clears("atime", Mounts.MS_NOATIME),
            sets("nodiratime", Mounts.MS_NODIRATIME),
            clears("diratime", Mounts.MS_NODIRATIME),
            sets("relatime", Mounts.MS_RELATIME),
            clears("norelatime", Mounts.MS_RELATIME),
            sets("strictatime", Mounts.MS_STRICTATIME),
            clears("nostrictatime", Mounts.MS_STRICTATIME),
            sets("nosymfollow", Mounts.MS_NOSYMFOLLOW),
            clears("symfollow", Mounts.MS_NOSYMFOLLOW),
            clears(
                    "defaults",
                    Mounts.MS_RDONLY | Mounts.MS_NOSUID | Mounts.MS_NODEV | Mounts.MS_NOEXEC | Mounts.MS_SYNCHRONOUS),
            // Always so: a container has users of its own, and the kernel checks their rights before it asks us.
            clears("allow_other", 0),
            clears("default_permissions", 0));

    private static Map.Entry<String, Change> sets(String word, long flag) {
        return Map.entry(word, new Change(flag, 0));
    }

    private static Map.Entry<String, Change> clears(String word, long flags) {
        return Map.entry(word, new Change(0, flags));
    }

    /** Whether {@link #parse} takes it. */
    static boolean isKnown(String option) {
        return CHANGES.containsKey(option) || option.startsWith("fsname=") || isForFuse(option);
    }

    private static boolean isForFuse(String option) {
        return FuseOptions.isKnown(option) || TransportOption.isKnown(option) || OpenOptions.isKnown(option);
    }

    /**
     * @param options one an element; of two that contradict each other the later holds
     * @throws IllegalArgumentException with one sentence, for a word that is no such option
     */
    static GenericOptions parse(List<String> options) {
        String source = DEFAULT_SOURCE;
        long flags = 0;
        for (String option : options) {
            Change change = CHANGES.get(option);
            if (change != null) {
                flags = (flags & ~change.cleared) | change.set;
            } else if (option.startsWith("fsname=") && option.length() > "fsname=".length()) {
                source = option.substring("fsname=".length());
            } else if (!isForFuse(option)) {
                throw new IllegalArgumentException("unknown mount option '" + option + "'");
            }
        }
        return new GenericOptions(source, flags);
    }

    /** Those flags that belong to the mount, as {@code MOUNT_ATTR_*} bits. */
    int attributes() {
        // These four have the same numbers in both.
        int attributes = (int) (flags & (Mounts.MS_RDONLY | Mounts.MS_NOSUID | Mounts.MS_NODEV | Mounts.MS_NOEXEC));
        if (has(Mounts.MS_STRICTATIME)) {
            attributes |= Mounts.MOUNT_ATTR_STRICTATIME;
        } else if (has(Mounts.MS_NOATIME)) {
            attributes |= Mounts.MOUNT_ATTR_NOATIME;
        }
        attributes |= has(Mounts.MS_NODIRATIME) ? Mounts.MOUNT_ATTR_NODIRATIME : 0;
        attributes |= has(Mounts.MS_NOSYMFOLLOW) ? Mounts.MOUNT_ATTR_NOSYMFOLLOW : 0;
        return attributes;
    }

    /** Those flags that belong to the file system behind the mount, by name. */
    List<String> fileSystemFlags() {
        List<String> names = new ArrayList<>();
        if (has(Mounts.MS_SYNCHRONOUS)) {
            names.add("sync");
        }
        if (has(Mounts.MS_DIRSYNC)) {
            names.add("dirsync");
        }
        return names;
    }

    private boolean has(long flag) {
        return (flags & flag) != 0;
    }
}
