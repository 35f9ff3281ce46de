package mille.overlay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mille.linux.DirectoryReader;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Name;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.Xattrs;

/** Lists a directory as the union shows it: each name once, from the topmost layer that has it, and none that is whited out. */
final class MergedDirectory {
    private static final Name SELF = RelativePath.EMPTY;

    private final Union union;
    private final Lookup lookup;

    MergedDirectory(Union union, Lookup lookup) {
        this.union = union;
        this.lookup = lookup;
    }

    /**
     * One name.
     *
     * @param type a {@code DT_*} value, never {@code DT_UNKNOWN}
     * @param inode the number that users see
     */
    record Item(FileName name, int type, long inode) {}

    /** All names but {@code .} and {@code ..}, in no order that means anything. The caller holds RENAME. */
    List<Item> list(Node directory) throws ErrnoException {
        List<Item> items = new ArrayList<>();
        if (directory.isDetached()) {
            return items;
        }
        Lowers lowers = directory.lowers();
        boolean alone = lowers.count() + (directory.hasUpper() ? 1 : 0) == 1
                && !union.options().has(OverlayOptions.Feature.WHITEOUT_FILES);
        Set<FileName> seen = alone ? Set.of() : new HashSet<>();
        if (directory.hasUpper()) {
            try (SharedFd upper = union.directories().upper(directory)) {
                collect(union.layer(Layer.UPPER), upper.fd(), alone, seen, items);
                correctNumbers(directory, union.isImpure(directory, upper.fd()), items);
            }
        }
        for (int depth = 0; depth < lowers.count(); depth++) {
            try (SharedFd lower = union.directories().lower(directory, depth)) {
                collect(union.layer(lowers.layer(depth)), lower.fd(), alone, seen, items);
            }
        }
        return items;
    }

    /** What the upper layer holds has the number of what it was copied from, or is merged with. */
    private void correctNumbers(Node directory, boolean impure, List<Item> items) throws ErrnoException {
        if (!impure && directory.lowers().isEmpty()) {
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            if ((impure || item.type() == DirectoryReader.DT_DIR)
                    && lookup.resolve(directory, item.name()) instanceof Sighting.Present present) {
                items.set(i, new Item(item.name(), item.type(), present.facts().inode()));
            }
        }
    }

    private void collect(Layer layer, Fd path, boolean alone, Set<FileName> seen, List<Item> items)
            throws ErrnoException {
        boolean xattrWhiteouts = layer.hasXattrWhiteouts() && Opaque.of(union.xattrs(), path) == Opaque.XATTR_WHITEOUTS;
        if (layer.hasWhiteoutFiles()) {
            hideByFiles(path, seen);
        }
        try (Fd listed = path.openAt(SELF, O.RDONLY | O.DIRECTORY)) {
            DirectoryReader.forEach(listed, (name, inode, type) -> {
                if (!alone && !seen.add(name)) {
                    return;
                }
                int known = type == DirectoryReader.DT_UNKNOWN ? typeOf(Stat.at(path, name)) : type;
                if (!isWhiteout(path, name, known, xattrWhiteouts)) {
                    items.add(new Item(
                            name,
                            shownType(layer, path, name, known),
                            union.inodes().shown(layer.index(), inode)));
                }
            });
        }
    }

    /** What files take away is taken as if it had been seen. */
    private static void hideByFiles(Fd path, Set<FileName> seen) throws ErrnoException {
        try (Fd listed = path.openAt(SELF, O.RDONLY | O.DIRECTORY)) {
            DirectoryReader.forEach(listed, (name, _, _) -> {
                if (WhiteoutFiles.isOne(name)) {
                    seen.add(name);
                    seen.add(WhiteoutFiles.hidden(name));
                }
            });
        }
    }

    private boolean isWhiteout(Fd directory, FileName name, int type, boolean xattrWhiteouts) throws ErrnoException {
        return switch (type) {
            case DirectoryReader.DT_CHR -> {
                Stat stat = Stat.atOrNull(directory, name);
                yield stat != null && Whiteout.isDevice(stat);
            }
            case DirectoryReader.DT_REG ->
                xattrWhiteouts && Xattrs.get(directory, name, union.xattrs().whiteout()) != null;
            default -> false;
        };
    }

    /** Where attributes say so, a regular file stands for a device and the like. */
    private static int shownType(Layer layer, Fd directory, FileName name, int type) throws ErrnoException {
        return type == DirectoryReader.DT_REG && layer.overridesStat()
                ? typeOf(layer.seen(Stat.at(directory, name), directory, name))
                : type;
    }

    private static int typeOf(Stat stat) {
        return stat.type() >>> 12; // DT_* is S_IFMT shifted, by design
    }

    /** Whether nothing is in it that a user could see. The caller holds RENAME and the directory's lock. */
    boolean isEmpty(Node directory) throws ErrnoException {
        return list(directory).isEmpty();
    }
}
