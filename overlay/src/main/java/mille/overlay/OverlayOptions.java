package mille.overlay;

import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an overlay is made of, as {@code mount -t overlay} takes it ({@code Documentation/filesystems/overlayfs.rst}).
 *
 * @param lowers lower directories, the topmost first; at least one unless there is an upper
 * @param dataLowers data-only lower directories, below all others ({@code lowerdir=A::D})
 * @param upper the writable directory; null makes the overlay read-only
 * @param work an empty directory on the upper's file system; given if and only if there is an upper
 * @param owners who is seen as the owner of what
 */
public record OverlayOptions(
        List<Path> lowers,
        List<Path> dataLowers,
        @Nullable Path upper,
        @Nullable Path work,
        RedirectPolicy redirect,
        Set<Feature> features,
        Owners owners) {

    /** What can be on or off. */
    public enum Feature {
        /** Hard links stay hard links when they are copied up; where the layers' file systems have no file handles, they don't. */
        INDEX,
        /** With {@link #INDEX}: what has an index of other directories isn't mounted. Without this, it is, and its index not used. */
        STRICT_INDEX,
        /** A change of metadata alone copies no data up. */
        METACOPY,
        /** Where a copy of metadata alone has a digest of its data, that of fs-verity must be the same; new copies have one. */
        VERITY,
        /** With {@link #VERITY}: without a digest there is no such copy. */
        REQUIRE_VERITY,
        /** Inode numbers are unique although the layers lie on several file systems. */
        XINO,
        /** The overlay's own attributes are {@code user.overlay.*}, not {@code trusted.overlay.*}. */
        USERXATTR,
        /** Nothing is synced; a crash makes the upper unusable, and the next mount says so. */
        VOLATILE,
        /** Where all layers lie on one file system, handles are kept without its UUID, so that they hold for a copy of it. */
        NO_UUID,
        /** The upper directory keeps a UUID, of which the kernel makes the {@code f_fsid} of its mounts. */
        MOUNT_UUID,
        /** Reading leaves no trace on the upper layer, as it never does on lower ones. */
        NOATIME,
        /** Likewise, of directories alone. */
        NODIRATIME,
        /** Reading stamps each time, not only where the last stamp is older than the last change, or than a day. */
        STRICTATIME,
        /** File handles survive a remount; where the layers' file systems have none, they don't. */
        NFS_EXPORT,
        /** {@code .wh.} files of lower layers are whiteouts and opaque marks. */
        WHITEOUT_FILES,
        /** Each directory has one link, whatever the layers say. */
        STATIC_NLINK,
        /** No change is allowed although there may be an upper. */
        READ_ONLY
    }

    public OverlayOptions {
        lowers = List.copyOf(lowers);
        dataLowers = List.copyOf(dataLowers);
        features = Collections.unmodifiableSet(setOf(features)); // which answers from one bit
        if (lowers.isEmpty() && upper == null) {
            throw new IllegalArgumentException("an overlay needs a lowerdir, or an upperdir and a workdir");
        }
        if ((upper == null) != (work == null)) {
            throw new IllegalArgumentException(upper == null ? "workdir without upperdir" : "upperdir without workdir");
        }
    }

    private static Set<Feature> setOf(Set<Feature> features) {
        Set<Feature> set = EnumSet.noneOf(Feature.class);
        set.addAll(features);
        return set;
    }

    /** With owners as they are stored. */
    public OverlayOptions(
            List<Path> lowers,
            List<Path> dataLowers,
            @Nullable Path upper,
            @Nullable Path work,
            RedirectPolicy redirect,
            Set<Feature> features) {
        this(lowers, dataLowers, upper, work, redirect, features, Owners.AS_STORED);
    }

    /**
     * These directories with everything else as it is by default. Where there is something to write to, directories can be renamed and
     * hard links survive: {@code redirect_dir=on}, {@code index=on}.
     */
    public static OverlayOptions of(List<Path> lowers, @Nullable Path upper, @Nullable Path work) {
        boolean writable = upper != null;
        return new OverlayOptions(
                lowers,
                List.of(),
                upper,
                work,
                writable ? RedirectPolicy.ON : RedirectPolicy.OFF,
                writable ? EnumSet.of(Feature.INDEX) : EnumSet.noneOf(Feature.class));
    }

    /** The same with one feature more. */
    public OverlayOptions with(Feature feature) {
        Set<Feature> more = EnumSet.of(feature);
        more.addAll(features);
        return new OverlayOptions(lowers, dataLowers, upper, work, redirect, more, owners);
    }

    /** The same without one feature. */
    OverlayOptions without(Feature feature) {
        if (!has(feature)) {
            return this;
        }
        Set<Feature> fewer = EnumSet.copyOf(features);
        fewer.remove(feature);
        return new OverlayOptions(lowers, dataLowers, upper, work, redirect, fewer, owners);
    }

    public boolean has(Feature feature) {
        return features.contains(feature);
    }

    /** Whether nothing can be changed through this overlay. */
    public boolean isReadOnly() {
        return upper == null || has(Feature.READ_ONLY);
    }
}
