package mille.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import mille.overlay.OverlayOptions;

/**
 * Makes an overlay visible as a mount. Two drivers serve the same directories: our own file system over FUSE, and the kernel's overlay.
 */
public interface Mounter {

    /**
     * Mounts at an existing directory; returns when the mount can be used.
     *
     * @param mountOptions generic options as {@code mount(8)} takes them ({@code nosuid}, {@code noatime}, {@code fsname=...}), one an
     *     element; what FUSE alone knows, the kernel's driver ignores
     * @throws mille.linux.ErrnoException what the kernel answers
     * @throws IOException with one sentence for a person: a directory is missing, an upper is in use
     */
    MountedOverlay mount(OverlayOptions options, Path merged, List<String> mountOptions) throws IOException;
}
