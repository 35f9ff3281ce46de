package mille.engine.layer;

import java.nio.file.Path;
import java.util.List;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import mille.overlay.changes.Marks;
import mille.overlay.changes.UnionDirectory;

/**
 * Mode, owner, attributes and times of directories. In a union the topmost directory of a name is the one whose attributes show, so one that
 * is made only to hold something has to look like the one that it hides.
 */
public final class DirectoryAttributes {
    private DirectoryAttributes() {}

    /** Makes one directory look like another. The overlay's own marks stay what they are. */
    public static void copy(Fd from, Fd to) throws ErrnoException {
        Stat stat = Stat.of(from);
        FileAttributes.setOwner(to, stat.uid(), stat.gid());
        FileAttributes.setMode(to, stat.permissions());
        for (XattrName name : Xattrs.list(from)) {
            byte[] value = Xattrs.get(from, name);
            if (value != null && !isOverlays(name)) {
                Xattrs.set(to, name, value, 0);
            }
        }
        FileAttributes.setTimes(to, stat.accessed(), stat.modified());
    }

    /** Whether the attribute is the overlay's own language, which no layer may speak. */
    public static boolean isOverlays(XattrName name) {
        return name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.");
    }

    /**
     * Makes directories of a layer look like those of the layers below, where these have them.
     *
     * @param paths the root among them where it is one
     * @param below the topmost first
     */
    public static void inherit(Path layer, List<RelativePath> paths, List<Path> below) throws ErrnoException {
        if (paths.isEmpty() || below.isEmpty()) {
            return;
        }
        try (Fd root = Fd.open(layer, O.RDONLY | O.DIRECTORY);
                UnionDirectory lower = UnionDirectory.open(below, Marks.TRUSTED)) {
            for (RelativePath path : paths) {
                try (UnionDirectory hidden = lower.walk(path);
                        Fd own = root.openBeneath(path, O.RDONLY | O.DIRECTORY)) {
                    Fd top = hidden.top();
                    if (top != null) {
                        copy(top, own);
                    }
                }
            }
        }
    }
}
