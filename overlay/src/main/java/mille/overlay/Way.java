package mille.overlay;

import java.util.ArrayList;
import java.util.List;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import mille.linux.RelativePath;
import mille.linux.Stat;
import org.jspecify.annotations.Nullable;

/**
 * What the directories above a redirect's goal say in one layer. They count as they do on a walk from directory to directory: one that is
 * opaque hides the layers below, one that was moved has another path in them.
 *
 * @param leadsOn whether the goal can be in this layer: all on the way are directories
 * @param ends whether the layers below are hidden
 * @param onward the goal's path in the layers below
 */
record Way(boolean leadsOn, boolean ends, RelativePath onward) {

    /** Looks at all directories above {@code goal}, and not at the goal itself. */
    static Way to(RelativePath goal, Union union, Layer layer) throws ErrnoException {
        List<FileName> names = goal.names();
        List<FileName> onward = new ArrayList<>();
        RelativePath at = RelativePath.EMPTY;
        boolean ends = false;
        for (int depth = 0; depth + 1 < names.size(); depth++) {
            at = at.resolve(names.get(depth));
            Stat stat = layer.statOrNull(at);
            if (stat == null) {
                onward.addAll(names.subList(depth, names.size()));
                return new Way(false, ends, RelativePath.of(onward));
            }
            if (!stat.isDirectory()
                    || WhiteoutFiles.hide(layer, at)) { // a whiteout, or a file, that hides what is below
                return new Way(false, true, goal);
            }
            onward.add(names.get(depth));
            if (Opaque.of(union.xattrs(), layer.root(), at) == Opaque.YES
                    || WhiteoutFiles.makeOpaque(layer, layer.root(), at)) {
                ends = true;
            } else {
                Redirect redirect = Redirect.of(union, layer.root(), at);
                turn(onward, redirect);
                ends &= !(redirect instanceof Redirect.Absolute); // it leads out of what an opaque one above hides
            }
        }
        onward.add(names.getLast());
        return new Way(true, ends, RelativePath.of(onward));
    }

    /** Where the layers below have the directory that {@code onward} ends with. */
    private static void turn(List<FileName> onward, @Nullable Redirect redirect) {
        if (redirect instanceof Redirect.Sibling sibling) {
            onward.set(onward.size() - 1, sibling.name());
        } else if (redirect instanceof Redirect.Absolute absolute) {
            onward.clear();
            onward.addAll(absolute.path().names());
        }
    }
}
