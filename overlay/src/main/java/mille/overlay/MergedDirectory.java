package mille.overlay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mille.linux.DirectoryReader;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Name;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/** Lists a directory as the union shows it: each name once, from the topmost layer that has it, and none that is whited out. */
final class MergedDirectory {
    private static final Name SELF = RelativePath.EMPTY;
    private static final int UPPER = -1;

    private final Union union;

    MergedDirectory(Union union) {
        this.union = union;
    }

    /** The caller holds RENAME. */
    Listing list(Node directory) throws ErrnoException {
        int changes = directory.childChanges();
        if (directory.isDetached()) {
            return new Listing(List.of(), changes);
        }
        Walk walk = new Walk(directory);
        if (directory.hasUpper()) {
            walk.read(UPPER);
        }
        for (int depth = 0; depth < directory.lowers().count(); depth++) {
            walk.read(depth);
        }
        return new Listing(walk.items, changes);
    }

    /** One listing: from layer to layer. */
    private final class Walk {
        private final Node directory;
        private final Lowers lowers;
        private final boolean alone;
        private final List<Listing.Item> items = new ArrayList<>();

        /** All names so far; none stands for one that is hidden. */
        private final Map<FileName, Optional<Listing.Item>> seen = new HashMap<>();

        Walk(Node directory) {
            this.directory = directory;
            this.lowers = directory.lowers();
            this.alone = lowers.count() + (directory.hasUpper() ? 1 : 0) == 1
                    && !union.options().has(OverlayOptions.Feature.WHITEOUT_FILES);
        }

        /** @param depth of the lower directory, or {@link #UPPER} */
        void read(int depth) throws ErrnoException {
            Layer layer = union.layer(depth == UPPER ? Layer.UPPER : lowers.layer(depth));
            union.directories().read(directory, depth + 1, layer.index(), (path, listed) -> {
                boolean xattrWhiteouts =
                        layer.hasXattrWhiteouts() && Opaque.of(union.xattrs(), path) == Opaque.XATTR_WHITEOUTS;
                if (layer.hasWhiteoutFiles()) {
                    hideByFiles(path);
                }
                boolean impure = depth == UPPER && union.isImpure(directory, path);
                DirectoryReader.forEach(listed, (name, inode, type) -> {
                    if (!wasSeen(name, depth)) {
                        int known =
                                type == DirectoryReader.DT_UNKNOWN ? DirectoryReader.typeOf(Stat.at(path, name)) : type;
                        if (isWhiteout(path, name, known, xattrWhiteouts)) {
                            add(name, null);
                        } else {
                            int shown = shownType(layer, path, name, known);
                            long number = union.inodes().shown(layer.index(), inode);
                            add(name, item(name, shown, number, depth, impure));
                        }
                    }
                });
            });
        }

        private boolean wasSeen(FileName name, int depth) {
            if (alone) {
                return false;
            }
            Optional<Listing.Item> known = seen.get(name);
            if (known == null) {
                return false;
            }
            known.ifPresent(item -> item.seenAgain(depth));
            return true;
        }

        private Listing.Item item(FileName name, int type, long inode, int depth, boolean impure) {
            if (depth != UPPER) {
                return Listing.Item.ofLower(name, type, inode, depth);
            }
            // What was copied up has the number of what it was made of, or is merged with.
            boolean below = impure || (type == DirectoryReader.DT_DIR && !lowers.isEmpty());
            return Listing.Item.ofUpper(name, type, inode, below);
        }

        /** @param item null for a name that is hidden */
        private void add(FileName name, Listing.@Nullable Item item) {
            if (!alone) {
                seen.put(name, Optional.ofNullable(item));
            }
            if (item != null) {
                items.add(item);
            }
        }

        /** What files take away is taken as if it had been seen. */
        private void hideByFiles(Fd path) throws ErrnoException {
            try (Fd listed = path.openAt(SELF, O.RDONLY | O.DIRECTORY)) {
                DirectoryReader.forEach(listed, (name, _, _) -> {
                    if (WhiteoutFiles.isOne(name)) {
                        seen.putIfAbsent(name, Optional.empty());
                        seen.putIfAbsent(WhiteoutFiles.hidden(name), Optional.empty());
                    }
                });
            }
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
                ? DirectoryReader.typeOf(layer.seen(Stat.at(directory, name), directory, name))
                : type;
    }

    /** Whether nothing is in it that a user could see. The caller holds RENAME and the directory's lock. */
    boolean isEmpty(Node directory) throws ErrnoException {
        return list(directory).count() == 0;
    }
}
