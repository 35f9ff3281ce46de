package mille.overlay;

/**
 * On whose behalf something is made.
 *
 * @param umask the bits that it takes away, unless the directory has a default ACL
 */
public record Caller(int uid, int gid, int umask) {
    /** The superuser with nothing masked. */
    public static final Caller ROOT = new Caller(0, 0, 0);
}
