package mille.overlay;

import java.nio.file.Path;
import java.util.Arrays;
import mille.linux.DetachedMount;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.HostPath;
import mille.linux.Mounts;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.overlay.OverlayOptions.Feature;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the mounts that layers lie on, attached nowhere, through which the layers are opened, as the kernel's overlay does it. So it is
 * the overlay's options that say whether reading stamps a file, and not those of mounts that somebody made before; reading a lower layer
 * never does; and what is mounted below a layer isn't part of it.
 *
 * <p>Copying a mount asks for CAP_SYS_ADMIN, and isn't allowed of every mount. Where it fails, layers are opened as they are.
 */
final class PrivateMounts {
    private PrivateMounts() {}

    /** The same directory in a mount that is read-only; itself where there can't be one. Takes it over; the caller closes the other. */
    static Fd ofLower(Fd lower) {
        Fd copy = copyOrNull(lower, Mounts.MOUNT_ATTR_RDONLY | Mounts.MOUNT_ATTR_NOATIME);
        if (copy == null) {
            return lower;
        }
        lower.close();
        return copy;
    }

    /**
     * Both directories that are written to.
     *
     * @param mount what both are opened through, since nothing can be renamed from one mount to another; null where that can't be had
     */
    record Writable(@Nullable Fd mount, Fd upper, Fd work) implements AutoCloseable {
        @Override
        public void close() {
            upper.close();
            work.close();
            if (mount != null) {
                mount.close();
            }
        }
    }

    /**
     * The same directories in one mount that stamps as the options say; themselves where there can't be one. Takes them over.
     *
     * @param upperPath where the upper directory lies, without symlinks
     * @param workPath alike
     */
    static Writable ofUpperAndWork(Fd upper, Path upperPath, Fd work, Path workPath, OverlayOptions options) {
        byte[] upperBytes = HostPath.bytesOf(upperPath);
        byte[] workBytes = HostPath.bytesOf(workPath);
        int shared = sharedDirectory(upperBytes, workBytes);
        Fd mount = null;
        try (Fd parent = Fd.open(HostPath.of(Arrays.copyOf(upperBytes, shared)), O.PATH | O.DIRECTORY)) {
            mount = copyOrNull(parent, upperAttributes(options));
        } catch (ErrnoException e) {
            // nobody may look there: as without the privilege
        }
        Fd upperCopy = mount == null ? null : openOrNull(mount, upperBytes, shared, upper);
        Fd workCopy = mount == null ? null : openOrNull(mount, workBytes, shared, work);
        if (upperCopy != null && workCopy != null) {
            upper.close();
            work.close();
            return new Writable(mount, upperCopy, workCopy);
        }
        closeAll(upperCopy, workCopy, mount);
        return new Writable(null, upper, work);
    }

    private static void closeAll(@Nullable Fd... descriptors) {
        for (Fd each : descriptors) {
            if (each != null) {
                each.close();
            }
        }
    }

    /** How many bytes of two absolute paths name the last directory that they have in common, with the slash at its end. */
    private static int sharedDirectory(byte[] one, byte[] other) {
        int shared = 1;
        for (int at = 1; at < one.length && at < other.length && one[at] == other[at]; at++) {
            if (one[at] == '/') {
                shared = at + 1;
            }
        }
        return shared;
    }

    private static int upperAttributes(OverlayOptions options) {
        int attributes = options.has(Feature.NODIRATIME) ? Mounts.MOUNT_ATTR_NODIRATIME : 0;
        if (options.has(Feature.STRICTATIME)) {
            return attributes | Mounts.MOUNT_ATTR_STRICTATIME;
        }
        boolean never = options.has(Feature.NOATIME) || options.isReadOnly();
        return never ? attributes | Mounts.MOUNT_ATTR_NOATIME : attributes;
    }

    private static @Nullable Fd copyOrNull(Fd directory, int attributes) {
        DetachedMount copy = null;
        try {
            copy = DetachedMount.copyOf(directory);
            copy.makePrivate(attributes, Mounts.MOUNT_ATTR__ATIME | Mounts.MOUNT_ATTR_NODIRATIME);
            return copy.root();
        } catch (ErrnoException e) {
            if (copy != null) {
                copy.close();
            }
            return null;
        }
    }

    /** The directory in this mount; null where another one is there, as what lies on further mounts isn't in a copy. */
    private static @Nullable Fd openOrNull(Fd mount, byte[] path, int shared, Fd meant) {
        Fd found = null;
        try {
            RelativePath inMount = RelativePath.parse(Arrays.copyOfRange(path, shared, path.length));
            found = mount.openBeneath(inMount, O.PATH | O.DIRECTORY);
            if (Stat.of(found).isSameFileAs(Stat.of(meant))) {
                return found;
            }
        } catch (ErrnoException e) {
            // it was moved meanwhile
        }
        closeAll(found);
        return null;
    }
}
