package mille.mount;

import mille.overlay.OverlayOptions;
import mille.overlay.OverlayOptions.Feature;

/**
 * Which reads leave a stamp. The layer's own file system stamps what is read of it; but what is read from the kernel's cache nobody tells us
 * of, and FUSE itself stamps nothing.
 */
enum AccessTimes {
    /** None do. */
    NEVER,
    /** Those of a file that was changed since it was last read: each open of one counts as a read, so that files can be cached. */
    RELATIVE,
    /** All do, so that the kernel is to cache nothing that could be read unseen. */
    STRICT;

    static AccessTimes of(OverlayOptions options) {
        if (options.isReadOnly()) {
            return NEVER;
        }
        if (options.has(Feature.STRICTATIME)) {
            return STRICT;
        }
        return options.has(Feature.NOATIME) ? NEVER : RELATIVE;
    }
}
