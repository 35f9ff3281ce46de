package mille.linux;

/** Offsets in {@code struct statx} of {@code linux/stat.h}, in bytes. */
final class StatxLayout {
    static final int SIZE_BYTES = 256;
    static final int BLOCK_SIZE = 4;
    static final int ATTRIBUTES = 8;
    static final int LINK_COUNT = 16;
    static final int UID = 20;
    static final int GID = 24;
    static final int MODE = 28;
    static final int INODE = 32;
    static final int SIZE = 40;
    static final int BLOCKS = 48;
    static final int ACCESSED = 64;
    static final int BORN = 80;
    static final int CHANGED = 96;
    static final int MODIFIED = 112;
    static final int RDEVICE_MAJOR = 128;
    static final int DEVICE_MAJOR = 136;

    private StatxLayout() {}
}
