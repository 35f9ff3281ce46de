package mille.overlay;

/**
 * What happened in an overlay since it was opened.
 *
 * @param nodes how many are known now
 * @param lookupHits names that led to a node that was known; its attributes were asked for, no layer was searched
 * @param lookupMisses names that the layers were asked for, whether they have them or not
 */
public record OverlayStatistics(int nodes, long lookupHits, long lookupMisses, CopyUps copyUps) {
    /**
     * Copy-ups, by how the data came. Data that follows a copy of metadata alone later counts as one more.
     *
     * @param cloned its extents are shared with the lower file
     * @param inKernel by {@code copy_file_range(2)}
     * @param byHand by reading and writing
     * @param withoutData directories, symlinks and the like, empty files, and files whose data stays below or is about to be truncated
     * @param bytes of data, shared extents and holes included
     */
    public record CopyUps(long cloned, long inKernel, long byHand, long withoutData, long bytes) {
        /** All of them. */
        public long count() {
            return cloned + inKernel + byHand + withoutData;
        }
    }
}
