package mille.fuse;

import mille.linux.Mounts;

/**
 * How a file system is mounted.
 *
 * @param source what mount tables show as the device ({@code fsname=})
 * @param subtype the file system's name: mount tables show {@code fuse.}<i>subtype</i>
 * @param flags {@code MS_*} bits of {@link Mounts}
 * @param allowsOthers whether users other than the mounter may enter ({@code allow_other})
 * @param kernelChecksModes {@code default_permissions}
 */
public record FuseMountOptions(
        String source, String subtype, long flags, boolean allowsOthers, boolean kernelChecksModes) {

    public FuseMountOptions {
        if (source.isEmpty() || subtype.isEmpty() || subtype.indexOf(',') >= 0) {
            throw new IllegalArgumentException("a mount has a source and a subtype");
        }
    }

    /** For all users, with modes checked by the kernel, without set-id programs and devices. */
    public static FuseMountOptions of(String name) {
        return new FuseMountOptions(name, name, Mounts.MS_NOSUID | Mounts.MS_NODEV, true, true);
    }

    String type() {
        return "fuse." + subtype;
    }

    /** The options that FUSE itself takes. */
    String data(int device) {
        final int rootMode = 040000;
        return "fd=" + device
                + ",rootmode=" + Integer.toOctalString(rootMode)
                + ",user_id=0,group_id=0"
                + (kernelChecksModes ? ",default_permissions" : "")
                + (allowsOthers ? ",allow_other" : "");
    }
}
