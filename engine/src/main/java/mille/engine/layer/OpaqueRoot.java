package mille.engine.layer;

import java.nio.file.Path;
import java.util.List;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.Stat;
import mille.overlay.changes.Marks;
import mille.overlay.changes.UnionDirectory;

/**
 * A layer whose tar says that nothing of the layers below is to be seen. An overlay doesn't heed an opaque mark on the root of a layer, so
 * each name below is hidden by itself.
 */
public final class OpaqueRoot {
    private OpaqueRoot() {}

    /**
     * Hides every name that the layers below have in their root.
     *
     * @param below the topmost first
     */
    public static void hide(Path layer, List<Path> below) throws ErrnoException {
        try (Fd root = Fd.open(layer, O.RDONLY | O.DIRECTORY);
                UnionDirectory lower = UnionDirectory.open(below, Marks.TRUSTED)) {
            for (FileName name : lower.names()) {
                Stat own = Stat.atOrNull(root, name);
                if (own == null) {
                    Names.makeNode(root, name, Stat.S_IFCHR, 0);
                } else if (own.isDirectory()) {
                    try (Fd directory = root.openAt(name, O.RDONLY | O.DIRECTORY | O.NOFOLLOW)) {
                        LayerTree.markOpaque(directory);
                    }
                }
            }
        }
    }
}
