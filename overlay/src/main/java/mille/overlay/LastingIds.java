package mille.overlay;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileHandle;
import mille.linux.Name;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Node ids that every mount of the same layers gives to the same file ({@code nfs_export=on}). The kernel makes a file handle of a node id, and
 * asks for that id when it has forgotten the file, after a remount at the latest.
 *
 * <p>An id is a digest of what a file's inode number comes from: the handle of the lower file that it was found as or copied from, else its own
 * in the upper layer, either with the UUID of the file system. So it stays over copy-up, renames and remounts; and as a layer's file system
 * never gives a handle twice, no other file ever gets it.
 */
final class LastingIds {
    /** No id: all others are negative. */
    static final long NONE = 0;

    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(LastingIds::sha256);

    private final @Nullable Origin origins;

    /** @param origins null where ids needn't last */
    LastingIds(@Nullable Origin origins) {
        this.origins = origins;
    }

    /** Whether there are any: what is asked for an id needs a file handle then. */
    boolean areGiven() {
        return origins != null;
    }

    /** Of a file or directory in a lower layer. */
    long ofLower(@Nullable FileHandle handle, Stat lower) {
        return origins == null ? NONE : digest(origins.valueFor(handle, lower));
    }

    /** Of a copy, by its {@code overlay.origin}: the id of the lower file. */
    long ofOrigin(byte[] value) {
        return origins == null ? NONE : digest(value);
    }

    /** Of what only the upper layer has. */
    long ofUpper(Fd directory, Name name) throws ErrnoException {
        return origins == null ? NONE : digest(origins.valueForUpper(FileHandle.of(directory, name)));
    }

    /** As {@link #ofUpper(Fd, Name)}, of an open file. */
    long ofUpper(Fd file) throws ErrnoException {
        return origins == null ? NONE : digest(origins.valueForUpper(FileHandle.of(file)));
    }

    private static long digest(byte[] value) {
        return value.length == 0
                ? NONE
                : ByteBuffer.wrap(SHA_256.get().digest(value)).getLong() | Long.MIN_VALUE;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
