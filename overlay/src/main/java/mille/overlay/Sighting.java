package mille.overlay;

import mille.linux.Stat;

/** What the layers say of a name. */
sealed interface Sighting {
    Sighting HIDDEN = new Hidden();
    Sighting ABSENT = new Absent();

    /**
     * It is there.
     *
     * @param stat of the topmost file, as its layer has it
     */
    record Present(NodeFacts facts, Stat stat) implements Sighting {}

    /** It isn't, and a whiteout in the upper layer says so. */
    record Hidden() implements Sighting {}

    /** It isn't; the upper layer holds nothing under the name. */
    record Absent() implements Sighting {}
}
