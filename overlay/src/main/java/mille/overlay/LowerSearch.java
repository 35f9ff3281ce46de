package mille.overlay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileHandle;
import mille.linux.FileName;
import mille.linux.Name;
import mille.linux.RelativePath;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/** The part of a lookup below the upper layer: which lowers hold a name, and where, following redirects from layer to layer. */
final class LowerSearch {
    private final Union union;
    private final Lowers[] singles;

    LowerSearch(Union union) {
        this.union = union;
        this.singles = new Lowers[union.layers().size()];
        for (int layer = 0; layer < singles.length; layer++) {
            singles[layer] = Lowers.of(new int[] {layer});
        }
    }

    /**
     * What was found.
     *
     * @param lowers at least one
     * @param top of the topmost of them
     * @param handle of the topmost, where an index or an id is made of it; else null
     */
    record Found(Lowers lowers, Stat top, @Nullable FileHandle handle) {}

    /** What a search is after, which follows from what was found above. */
    enum Wanted {
        /** Nothing was found yet. */
        ANYTHING,
        /** More of a directory: a file below is hidden by it. */
        DIRECTORIES,
        /** The data of a copy of metadata alone. */
        DATA
    }

    /**
     * Searches from the topmost lower down.
     *
     * @param redirect where the upper layer says that it is found below, null for under its own name
     * @param seen in which of the parent's lower directories a listing saw the name; null to look into all
     * @return null where no lower layer holds it, or a whiteout comes first
     * @throws ErrnoException EIO where a copy of metadata alone was found, but not its data
     */
    @Nullable
    Found search(Node parent, FileName name, @Nullable Redirect redirect, Wanted wanted, Listing.@Nullable Item seen)
            throws ErrnoException {
        Walk walk = new Walk(parent, name, wanted, seen);
        if (redirect == null) {
            walk.beside(parent.lowers());
        } else {
            walk.follow(redirect, 0);
        }
        return walk.found(parent.lowers());
    }

    /** One search: what it has found so far, and whether it goes on. */
    private final class Walk {
        private final Node parent;
        private final Listing.@Nullable Item seen;
        private Wanted wanted;
        private int[] layers = new int[2];
        private @Nullable RelativePath @Nullable [] places;
        private int count;
        private @Nullable Stat top;
        private @Nullable FileHandle handle;
        private FileName name;
        private boolean dataFound;

        /** Where the layers below have it, from their roots; null while it is looked for beside. */
        private @Nullable RelativePath path;

        /** Whether {@link #name} isn't the one that was asked for. */
        private boolean renamed;

        Walk(Node parent, FileName name, Wanted wanted, Listing.@Nullable Item seen) {
            this.parent = parent;
            this.name = name;
            this.wanted = wanted;
            this.seen = seen;
        }

        @Nullable
        Found found(Lowers parents) throws ErrnoException {
            if (top == null) {
                return null;
            }
            if (wanted == Wanted.DATA && !dataFound) {
                throw new ErrnoException(Errno.EIO, "the data of " + name + " is in no lower layer");
            }
            if (count == 1 && places == null) {
                return new Found(singles[layers[0]], top, handle);
            }
            int[] exactly = Arrays.copyOf(layers, count);
            if (places != null) {
                return new Found(Lowers.of(exactly, Arrays.copyOf(places, count)), top, handle);
            }
            Lowers own = Lowers.of(exactly);
            return new Found(own.isSameAs(parents) ? parents : own, top, handle);
        }

        void follow(Redirect redirect, int below) throws ErrnoException {
            if (redirect instanceof Redirect.Absolute absolute) {
                fromRoots(absolute.path(), below);
            } else if (redirect instanceof Redirect.Sibling sibling && path != null) {
                List<FileName> names = new ArrayList<>(path.names());
                names.set(names.size() - 1, sibling.name());
                fromRoots(RelativePath.of(names), below);
            } else if (redirect instanceof Redirect.Sibling sibling) {
                name = sibling.name();
                renamed = true;
                beside(parent.lowers(), below);
            }
        }

        void beside(Lowers candidates) throws ErrnoException {
            beside(candidates, 0);
        }

        /** Looks into the parent's lower directories in layers below the given one. */
        private void beside(Lowers candidates, int below) throws ErrnoException {
            for (int depth = next(-1); depth < candidates.count(); depth = next(depth)) {
                Layer layer = union.layer(candidates.layer(depth));
                if (layer.index() <= below) {
                    continue;
                }
                try (SharedFd directory = union.directories().lower(parent, depth)) {
                    if (WhiteoutFiles.hide(layer, directory.fd(), name)) {
                        return;
                    }
                    if (layer.hasWhiteoutFiles() && WhiteoutFiles.isOne(name)) {
                        continue;
                    }
                    RelativePath place = renamed ? parent.lowerPath(depth).resolve(name) : null;
                    Stat stat = Stat.atOrNull(directory.fd(), name);
                    boolean last = depth + 1 == candidates.count();
                    if (stat != null && !goesOn(layer, directory.fd(), name, stat, place, last)) {
                        return;
                    }
                }
            }
        }

        /** The next depth to look at. Of files a listing saw the topmost alone, and of other names than its own it saw nothing. */
        private int next(int depth) {
            return seen == null || renamed || wanted == Wanted.DATA ? depth + 1 : seen.nextDepth(depth);
        }

        /** Looks at one path in all layers below the given one. */
        private void fromRoots(RelativePath start, int below) throws ErrnoException {
            int end = wanted == Wanted.DATA ? union.layers().size() : union.mergedLayers();
            RelativePath goal = start;
            for (int index = below + 1; index < end; index++) {
                Layer layer = union.layer(index);
                if (WhiteoutFiles.hide(layer, goal)) {
                    return;
                }
                Way way = Way.to(goal, union, layer);
                Stat stat = way.leadsOn() ? layer.statOrNull(goal) : null;
                boolean last = way.ends() || index + 1 == end;
                path = way.onward();
                if (stat != null && !goesOn(layer, layer.root(), goal, stat, goal, last)) {
                    return;
                }
                if (way.ends()) {
                    return;
                }
                goal = way.onward();
            }
        }

        /**
         * Takes what is there into account.
         *
         * @param last whether no layer below can have it at the same place
         * @return whether layers further down matter, and no redirect has looked at them already
         */
        private boolean goesOn(
                Layer layer, Fd directory, Name at, Stat stat, @Nullable RelativePath place, boolean last)
                throws ErrnoException {
            if (Whiteout.is(union.xattrs(), layer, directory, at, stat)) {
                return false;
            }
            if (wanted == Wanted.DIRECTORIES ? !stat.isDirectory() : wanted == Wanted.DATA && !stat.isRegular()) {
                return false; // what is above hides what is of another kind below
            }
            add(layer.index(), place);
            if (top == null) {
                handle = needsHandle(stat) ? FileHandle.of(directory, at) : null;
                top = layer.seen(stat, directory, at);
            }
            boolean mayBeMoved = true;
            if (stat.isDirectory()) {
                wanted = Wanted.DIRECTORIES;
                boolean isBottom = layer.index() + 1 >= union.mergedLayers();
                if (last && isBottom) {
                    return false;
                }
                int guides = union.xattrs().guidesOn(directory, at);
                mayBeMoved = (guides & OverlayXattr.MAY_BE_MOVED) != 0;
                if (last && !(mayBeMoved && isMoved(directory, at))) {
                    return false;
                }
                boolean hides = (guides & OverlayXattr.MAY_BE_OPAQUE) != 0
                        ? hidesBelow(layer, directory, at)
                        : WhiteoutFiles.makeOpaque(layer, directory, at);
                if (hides) {
                    return false;
                }
            } else if (Metacopy.is(union, layer, directory, at, stat)) {
                wanted = Wanted.DATA;
            } else {
                dataFound = true;
                return false;
            }
            Redirect redirect = null;
            if (wanted == Wanted.DATA) {
                redirect = Metacopy.redirect(union, directory, at);
            } else if (mayBeMoved) {
                redirect = Redirect.of(union, directory, at);
            }
            if (redirect != null) {
                follow(redirect, layer.index());
                return false;
            }
            return true;
        }

        private boolean needsHandle(Stat stat) {
            return union.lastingIds().areGiven()
                    || (union.index() != null && !stat.isDirectory() && stat.linkCount() > 1);
        }

        /** Whether the layers below have the directory elsewhere, whatever became of where it is here. */
        private boolean isMoved(Fd directory, Name at) throws ErrnoException {
            return union.options().redirect() != RedirectPolicy.NOFOLLOW
                    && Redirect.of(union, directory, at) instanceof Redirect.Absolute;
        }

        private void add(int layer, @Nullable RelativePath place) {
            if (count == layers.length) {
                layers = Arrays.copyOf(layers, 2 * count);
                places = places == null ? null : Arrays.copyOf(places, 2 * count);
            }
            if (place != null && places == null) {
                places = new @Nullable RelativePath[layers.length];
            }
            if (places != null) {
                places[count] = place;
            }
            layers[count++] = layer;
        }
    }

    /** Whether a directory is opaque. */
    boolean hidesBelow(Layer layer, Fd directory, Name name) throws ErrnoException {
        if (WhiteoutFiles.makeOpaque(layer, directory, name)) {
            return true;
        }
        return switch (Opaque.of(union.xattrs(), directory, name)) {
            case YES -> true;
            case NO -> false;
            case XATTR_WHITEOUTS -> {
                layer.foundXattrWhiteouts();
                yield false;
            }
        };
    }
}
