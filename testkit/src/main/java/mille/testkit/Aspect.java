package mille.testkit;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What two trees are compared by, entry by entry. */
public enum Aspect {
    TYPE,
    /** The lower twelve bits. */
    MODE,
    OWNER,
    /** In bytes, of regular files. */
    SIZE,
    /** The digest of a regular file's data. */
    CONTENT,
    /** Of a symlink. */
    TARGET,
    /** What a device file stands for. */
    DEVICE,
    XATTRS,
    /** The modification time, to the nanosecond. */
    MODIFIED,
    /** Which other names in the tree are the same file: the first of them. */
    HARD_LINK,
    LINK_COUNT,
    /** An error while the entry was looked at. */
    ERROR;

    public static final Set<Aspect> ALL = Collections.unmodifiableSet(EnumSet.allOf(Aspect.class));

    /** All but these. */
    public static Set<Aspect> allBut(Aspect... left) {
        EnumSet<Aspect> rest = EnumSet.allOf(Aspect.class);
        for (Aspect aspect : left) {
            rest.remove(aspect);
        }
        return rest;
    }
}
