package mille.overlay;

import org.jspecify.annotations.Nullable;

/**
 * What a node is made of when it is first seen.
 *
 * @param type the file type bits of {@code st_mode}
 * @param inode the number that users see
 * @param lastingId {@link LastingIds} of the file that the number is of
 * @param lowers of a file: none if all of it is in the upper layer, else the one that holds its data
 * @param hasOrigin whether it is a copy that remembers what it was made of
 * @param dataBelow whether the copy in the upper layer has metadata alone
 * @param links what a file with several names has in common with the others; null for any other
 */
record NodeFacts(
        int type,
        long inode,
        long lastingId,
        boolean inUpper,
        Lowers lowers,
        boolean hasOrigin,
        boolean dataBelow,
        @Nullable Links links) {

    /**
     * One of several names of a file.
     *
     * @param indexed what the index knows the file by; null for a file that was made in the upper layer
     * @param count how many names users see of an indexed file
     */
    record Links(Node.LinkKey key, HardlinkIndex.@Nullable Entry indexed, int count) {}

    /** Something that only the upper layer has. */
    static NodeFacts inUpperAlone(int type, long inode, long lastingId, @Nullable Links links) {
        return new NodeFacts(type, inode, lastingId, true, Lowers.NONE, false, false, links);
    }

    /** Something that only lower layers have. */
    static NodeFacts inLowers(int type, long inode, long lastingId, Lowers lowers, @Nullable Links links) {
        return new NodeFacts(type, inode, lastingId, false, lowers, false, false, links);
    }
}
