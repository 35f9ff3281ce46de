package mille.overlay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import mille.linux.DirectoryReader;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * Removes from the index, before anybody uses it, what leads nowhere: copies of lower files that are gone, copies that no name leads to any
 * more, and what was being made when something crashed. The kernel's overlay does the same at mount. Entries for exported directories, and
 * whiteouts for exported files that were removed, stay: we have no use for them, but the kernel's {@code nfs_export} has.
 */
final class IndexSweep {
    private static final String TEMPORARY = "#";

    private final HardlinkIndex index;
    private final OverlayXattr xattrs;
    private final Origin origins;

    IndexSweep(HardlinkIndex index, OverlayXattr xattrs, Origin origins) {
        this.index = index;
        this.xattrs = xattrs;
        this.origins = origins;
    }

    void run() throws ErrnoException {
        List<FileName> useless = new ArrayList<>();
        try (Fd listed = index.fd().openAt(RelativePath.EMPTY, O.RDONLY | O.DIRECTORY)) {
            DirectoryReader.forEach(listed, (name, _, _) -> {
                if (isUseless(name)) {
                    useless.add(name);
                }
            });
        }
        for (FileName name : useless) {
            WorkDirectory.removeTree(index.fd(), name);
        }
    }

    private boolean isUseless(FileName name) throws ErrnoException {
        if (name.startsWith(TEMPORARY)) {
            return true;
        }
        byte[] value = valueOf(name);
        Stat copy = index.find(name);
        if (value == null || copy == null || copy.isDirectory() || Whiteout.isDevice(copy)) {
            return false;
        }
        if (!Arrays.equals(value, Xattrs.get(index.fd(), name, xattrs.origin()))) {
            return true;
        }
        Stat origin = origins.find(value);
        if (origin == null) {
            return origins.isGone(value);
        }
        return origin.type() != copy.type()
                || (copy.linkCount() == 1 && index.recordedLinks(name, origin.linkCount(), copy) <= 0);
    }

    /** The origin that a name stands for; null for a name that isn't of the index. */
    private static byte @Nullable [] valueOf(FileName name) {
        try {
            return HexFormat.of().parseHex(name.toString());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
