package mille.overlay;

import java.util.Arrays;
import java.util.List;
import mille.linux.DirectoryReader;
import mille.linux.FileName;

/**
 * What a directory showed when it was listed, in the order of the names' places: numbers made of the names alone. So a reader who goes on
 * after some place gets what is left to read from any listing, however names came and went meanwhile, and nothing twice.
 */
final class Listing {
    /** Places below are taken. */
    private static final int FIRST_PLACE = 3;

    /** Readers of 32 bits have 31 for a place, and those that collide take the next one that is free. */
    private static final int PLACE_BITS = 30;

    private final Item[] items;
    private final int[] places;
    private final int changes;

    /**
     * @param unsorted all names but {@code .} and {@code ..}
     * @param changes how often the directory's names in the upper layer had changed when the listing began: {@link Node#childChanges}
     */
    Listing(List<Item> unsorted, int changes) {
        int count = unsorted.size();
        long[] order = new long[count];
        for (int i = 0; i < count; i++) {
            order[i] = (long) place(unsorted.get(i).name) << 32 | i;
        }
        Arrays.sort(order);
        items = new Item[count];
        places = new int[count];
        int last = FIRST_PLACE - 1;
        for (int i = 0; i < count; i++) {
            last = Math.max((int) (order[i] >>> 32), last + 1);
            places[i] = last;
            items[i] = unsorted.get((int) order[i]);
        }
        this.changes = changes;
    }

    private static int place(FileName name) {
        long hash = 0xcbf29ce484222325L; // FNV-1a
        for (byte next : name.bytes()) {
            hash = (hash ^ (next & 0xff)) * 0x100000001b3L;
        }
        long mixed = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> (Long.SIZE - PLACE_BITS));
    }

    int count() {
        return items.length;
    }

    Item item(int index) {
        return items[index];
    }

    /** Where to go on after an item. */
    int place(int index) {
        return places[index];
    }

    /** The index of the first item past a place. */
    int indexAfter(long place) {
        int at = Arrays.binarySearch(places, (int) Math.min(place, Integer.MAX_VALUE));
        return at < 0 ? -at - 1 : at + 1;
    }

    int changes() {
        return changes;
    }

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
