package mille.overlay;

import java.util.List;
import java.util.Objects;
import mille.linux.Stat;

/**
 * The inode numbers that users see. Where all layers lie on one file system they are its own; where they don't, the upper sixteen bits
 * tell the file systems apart ({@code xino} of the kernel document, section "Inode properties").
 */
final class InodeNumbers {
    private static final int FILE_SYSTEM_SHIFT = 48;

    private final List<LayerFileSystem> fileSystems;

    /** By layer. */
    private final int[] indexes;

    InodeNumbers(List<Layer> layers, List<LayerFileSystem> fileSystems) {
        this.fileSystems = fileSystems;
        this.indexes = layers.stream()
                .mapToInt(layer -> Objects.requireNonNull(LayerFileSystem.find(fileSystems, layer.device()))
                        .index())
                .toArray();
    }

    /** The number of a file of a layer. */
    long shown(int layer, long inode) {
        return onFileSystem(indexes[layer], inode);
    }

    /** The number of a file that lies on a layer's file system, though perhaps in none of its directories. */
    long shown(Stat stat) {
        LayerFileSystem fileSystem = LayerFileSystem.find(fileSystems, stat.device());
        return onFileSystem(fileSystem == null ? 0 : fileSystem.index(), stat.inode());
    }

    /** What all names of a lower file have in common. */
    Node.LinkKey key(Stat stat) {
        LayerFileSystem fileSystem = LayerFileSystem.find(fileSystems, stat.device());
        return new Node.LinkKey(fileSystem == null ? 0 : fileSystem.index(), stat.inode());
    }

    /** A number that uses the upper bits itself is folded into the rest. */
    private static long onFileSystem(int fileSystem, long inode) {
        if (fileSystem == 0) {
            return inode;
        }
        long low = inode >>> FILE_SYSTEM_SHIFT == 0 ? inode : (inode ^ inode >>> 16) & ((1L << FILE_SYSTEM_SHIFT) - 1);
        return (long) fileSystem << FILE_SYSTEM_SHIFT | low;
    }
}
