package mille.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** Whatever can mount an overlay: the suites run on each. */
@FunctionalInterface
public interface OverlayDriver {

    /** The kernel's own overlay, by {@code mount(2)}: what ours is measured against. */
    OverlayDriver KERNEL = new OverlayDriver() {
        @Override
        public Closeable mount(OverlaySpec spec, Path merged) throws IOException {
            return MountPoint.mount("overlay", merged, "overlay", 0, spec.mountData());
        }

        @Override
        public Set<Weakness> weaknesses() {
            return EnumSet.of(Weakness.MAPS_OF_LOWER_FILES); // "Non-standard behavior" in its document
        }
    };

    /** Where a lower file and its copy are two for somebody. */
    enum Weakness {
        /** A shared map of a lower file that was made before its copy-up goes on showing the lower file. */
        MAPS_OF_LOWER_FILES,
        /** Who locked a lower file that he has open to read has locked nothing that its copy knows of. */
        LOCKS_OF_LOWER_FILES
    }

    /** Where it is known to be weaker than a file system of one layer. */
    default Set<Weakness> weaknesses() {
        return Set.of();
    }

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
