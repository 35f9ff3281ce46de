package mille.overlay;

import org.jspecify.annotations.Nullable;

/** The known nodes by their ids, and which id a new one gets. Guarded by the node table, but for {@link #get}, which takes no lock. */
sealed interface NodeIds permits OrderedIds, ScatteredIds {
    /** The node, or null where nobody knows that id any more. */
    @Nullable
    Node get(long id);

    /**
     * An id that no known node has, nor any other file ever had.
     *
     * @param lasting the one that {@link LastingIds} has for the file; {@link LastingIds#NONE} where it has none
     */
    long choose(long lasting);

    void put(Node node);

    void remove(Node node);

    int size();
}
