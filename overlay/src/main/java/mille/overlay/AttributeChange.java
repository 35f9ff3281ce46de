package mille.overlay;

import mille.linux.FileAttributes;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/**
 * What {@code setattr} is to change; the rest stays.
 *
 * @param mode permission bits, -1 to leave them
 * @param uid -1 to leave it
 * @param gid -1 to leave it
 * @param sizeBytes -1 to leave it
 * @param accessed null to leave it, {@link FileAttributes#NOW} for the kernel's clock
 * @param modified likewise
 * @param dropsSetIds whether a change of size takes the set-id bits away
 */
public record AttributeChange(
        int mode,
        int uid,
        int gid,
        long sizeBytes,
        Stat.@Nullable Time accessed,
        Stat.@Nullable Time modified,
        boolean dropsSetIds) {

    /** Whether all times that change are taken from the clock. */
    boolean takesClock() {
        return (accessed == null || accessed.equals(FileAttributes.NOW))
                && (modified == null || modified.equals(FileAttributes.NOW));
    }

    public static AttributeChange ofMode(int permissions) {
        return new AttributeChange(permissions, -1, -1, -1, null, null, false);
    }

    /** @param uid -1 to leave it */
    public static AttributeChange ofOwner(int uid, int gid) {
        return new AttributeChange(-1, uid, gid, -1, null, null, false);
    }

    public static AttributeChange ofSize(long sizeBytes) {
        return new AttributeChange(-1, -1, -1, sizeBytes, null, null, false);
    }

    public static AttributeChange ofTimes(Stat.@Nullable Time accessed, Stat.@Nullable Time modified) {
        return new AttributeChange(-1, -1, -1, -1, accessed, modified, false);
    }
}
