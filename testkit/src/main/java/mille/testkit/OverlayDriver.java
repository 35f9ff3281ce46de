package mille.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** Whatever can mount an overlay: the suites run on each. */
@FunctionalInterface
public interface OverlayDriver {

    /** The kernel's own overlay, by {@code mount(2)}: what ours is measured against. */
    OverlayDriver KERNEL = (spec, merged) -> MountPoint.mount("overlay", merged, "overlay", 0, spec.mountData());

    /**
     * Mounts at an existing directory, ready for use when it returns.
     *
     * @return what unmounts it; nothing of the mount is left when {@code close} returns
     */
    Closeable mount(OverlaySpec spec, Path merged) throws IOException;

    /** Whether a file is copied up when it is opened for writing; otherwise at its first write. */
    default boolean copiesUpAtOpen() {
        return true;
    }
}
