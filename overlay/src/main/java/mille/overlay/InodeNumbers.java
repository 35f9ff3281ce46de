package mille.overlay;

import java.util.List;

/**
 * The inode numbers that users see. Where all layers lie on one file system they are its own; where they don't, the upper sixteen bits
 * tell the file systems apart ({@code xino} of the kernel document, section "Inode properties").
 */
final class InodeNumbers {
    private static final int FILE_SYSTEM_SHIFT = 48;

    /** By layer: which of the file systems it lies on, counted from 0. */
    private final int[] fileSystems;

    InodeNumbers(List<Layer> layers) {
        fileSystems = new int[layers.size()];
        long[] devices = new long[layers.size()];
        int known = 0;
        for (int layer = 0; layer < layers.size(); layer++) {
            int at = 0;
            while (at < known && devices[at] != layers.get(layer).device()) {
                at++;
            }
            if (at == known) {
                devices[known++] = layers.get(layer).device();
            }
            fileSystems[layer] = at;
        }
    }

    /** The number of a file of a layer. One that uses the upper bits itself is folded into the rest. */
    long shown(int layer, long inode) {
        int fileSystem = fileSystems[layer];
        if (fileSystem == 0) {
            return inode;
        }
        long low = inode >>> FILE_SYSTEM_SHIFT == 0 ? inode : (inode ^ inode >>> 16) & ((1L << FILE_SYSTEM_SHIFT) - 1);
        return (long) fileSystem << FILE_SYSTEM_SHIFT | low;
    }
}
