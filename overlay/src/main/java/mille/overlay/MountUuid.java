package mille.overlay;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.UUID;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.LateLogger;
import mille.linux.XattrName;
import org.jspecify.annotations.Nullable;

/**
 * The UUID that an upper directory keeps for its mounts, in sixteen bytes ({@code overlay.uuid}). The kernel makes the {@code f_fsid} of
 * {@code statfs} of it; FUSE's reply has no room for that, so over FUSE it stays 0.
 */
final class MountUuid {
    private static final System.Logger LOG = LateLogger.of("mille.overlay");
    private static final int BYTES = 16;

    private MountUuid() {}

    /** Makes it where there is none. Where the file system has no place for it the mount goes on without, as the kernel's does. */
    static void ensure(Fd upper, OverlayXattr xattrs) {
        Location root = Location.of(upper, false);
        XattrName name = xattrs.named("uuid");
        try {
            byte @Nullable [] kept = root.xattr(name);
            if (kept == null) {
                root.setXattr(name, random(), 0);
            } else if (kept.length != BYTES) {
                LOG.log(Level.WARNING, "uuid=null: what the upperdir keeps in {0} is no UUID", name);
            }
        } catch (ErrnoException failed) {
            LOG.log(Level.WARNING, "uuid=null: the upperdir can''t keep one: {0}", failed.getMessage());
        }
    }

    private static byte[] random() {
        UUID uuid = UUID.randomUUID();
        return ByteBuffer.allocate(BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }
}
