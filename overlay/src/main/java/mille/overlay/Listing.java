package mille.overlay;

import java.util.Arrays;
import java.util.List;
import mille.linux.DirectoryReader;
import mille.linux.FileName;

/**
 * What a directory showed when it was listed, in no order that means anything.
 *
 * @param changes how often the directory's names in the upper layer had changed when the listing began: {@link Node#childChanges}
 * @param items all names but {@code .} and {@code ..}
 */
record Listing(List<Item> items, int changes) {

    /** One name, with the layers of its directory that it was seen in. Only who lists the directory changes it. */
    static final class Item {
        private static final int[] NOWHERE = {};

        private final FileName name;
        private final int type;
        private final long inode;
        private final boolean inUpper;
        private final boolean numberedBelow;
        private int[] depths;
        private int depthCount;

        private Item(
                FileName name, int type, long inode, boolean inUpper, boolean numberedBelow, int[] depths, int count) {
            this.name = name;
            this.type = type;
            this.inode = inode;
            this.inUpper = inUpper;
            this.numberedBelow = numberedBelow;
            this.depths = depths;
            this.depthCount = count;
        }

        /** @param numberedBelow whether the number that users see may be that of a file in a lower layer */
        static Item ofUpper(FileName name, int type, long inode, boolean numberedBelow) {
            return new Item(name, type, inode, true, numberedBelow, NOWHERE, 0);
        }

        static Item ofLower(FileName name, int type, long inode, int depth) {
            return new Item(name, type, inode, false, false, new int[] {depth}, 1);
        }

        FileName name() {
            return name;
        }

        /** A {@code DT_*} value, never {@code DT_UNKNOWN}. */
        int type() {
            return type;
        }

        /** The number that users see, unless it {@link #isNumberedBelow}. */
        long inode() {
            return inode;
        }

        boolean isNumberedBelow() {
            return numberedBelow;
        }

        /** Whether the upper layer held it. */
        boolean isInUpper() {
            return inUpper;
        }

        /** A lower layer further down has the name too, which matters for a directory alone. */
        void seenAgain(int depth) {
            if (type == DirectoryReader.DT_DIR) {
                if (depthCount == depths.length) {
                    depths = Arrays.copyOf(depths, Math.max(2, 2 * depthCount));
                }
                depths[depthCount++] = depth;
            }
        }

        /**
         * The next of the directory's lower layers that has the name; {@link Integer#MAX_VALUE} where none has that could matter. Lower
         * layers don't change, so that this stays true.
         *
         * @param depth -1 for the first
         */
        int nextDepth(int depth) {
            int at = Arrays.binarySearch(depths, 0, depthCount, depth + 1);
            int next = at < 0 ? -at - 1 : at;
            return next < depthCount ? depths[next] : Integer.MAX_VALUE;
        }
    }
}
