package mille.overlay;

import java.util.Arrays;
import mille.linux.FileName;
import mille.linux.RelativePath;
import org.jspecify.annotations.Nullable;

/**
 * Which lower layers hold a node, the topmost first. Immutable; most nodes share one with their siblings.
 *
 * <p>In a layer where a node has no place of its own, it lies in its parent's directory of that layer under its own name. A place of its
 * own is what a redirect gives it.
 */
final class Lowers {
    static final Lowers NONE = new Lowers(new int[0], null);

    private final int[] layers;
    private final @Nullable RelativePath @Nullable [] places;

    private Lowers(int[] layers, @Nullable RelativePath @Nullable [] places) {
        this.layers = layers;
        this.places = places;
    }

    /** Takes the array over. */
    static Lowers of(int[] layers) {
        return layers.length == 0 ? NONE : new Lowers(layers, null);
    }

    /**
     * Takes both arrays over.
     *
     * @param places as many as there are layers; null where the node lies under its own name
     */
    static Lowers of(int[] layers, @Nullable RelativePath[] places) {
        return new Lowers(layers, places);
    }

    boolean isEmpty() {
        return layers.length == 0;
    }

    int count() {
        return layers.length;
    }

    /** The index of the layer at a depth; 0 is the topmost that holds the node. */
    int layer(int depth) {
        return layers[depth];
    }

    /** The depth of a layer, or -1 where it doesn't hold the node. */
    int depthOf(int layer) {
        return Arrays.binarySearch(layers, layer);
    }

    /** The path from the layer's root, where it isn't the parent's with the node's name. */
    @Nullable
    RelativePath place(int depth) {
        return places == null ? null : places[depth];
    }

    /** The same layers, with the place of this child of a directory in each: they stay true wherever its node moves. */
    Lowers placed(Node parent, FileName name) {
        @Nullable RelativePath[] all = new @Nullable RelativePath[layers.length];
        for (int depth = 0; depth < all.length; depth++) {
            RelativePath place = place(depth);
            all[depth] = place != null
                    ? place
                    : parent.lowerPath(parent.lowers().depthOf(layers[depth])).resolve(name);
        }
        return new Lowers(layers, all);
    }

    /** Whether they are the same layers, under the same names. */
    boolean isSameAs(Lowers other) {
        return places == null && other.places == null && Arrays.equals(layers, other.layers);
    }
}
