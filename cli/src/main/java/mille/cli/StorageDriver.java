package mille.cli;

import mille.mount.FuseMounter;
import mille.mount.KernelMounter;
import mille.mount.Mounter;

/** What unites a container's layers. */
enum StorageDriver {
    /** Our own file system over FUSE. */
    MILLE,
    /** The kernel's overlay. */
    KERNEL;

    Mounter mounter() {
        return switch (this) {
            case MILLE -> new FuseMounter();
            case KERNEL -> new KernelMounter();
        };
    }
}
