package mille.fuse;

import mille.linux.Stat;

/** {@code struct statx} of {@code linux/stat.h}, which the protocol's {@code struct fuse_statx} equals. Offsets in bytes. */
final class StatxFields {
    static final int MASK = 0;
    static final int BLOCK_SIZE = 4;
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
    static final int RDEVICE_MINOR = 132;

    private StatxFields() {}

    /** Fills in what the mask says, and no attribute flags; the rest is zero already. */
    static void put(Exchange exchange, int at, Stat stat, long inode, int mask) {
        exchange.putInt(at + MASK, mask);
        exchange.putInt(at + BLOCK_SIZE, stat.blockSizeBytes());
        exchange.putInt(at + LINK_COUNT, stat.linkCount());
        exchange.putInt(at + UID, stat.uid());
        exchange.putInt(at + GID, stat.gid());
        exchange.putInt(at + MODE, stat.mode() & 0xffff); // 16 bits, then 16 that stay zero
        exchange.putLong(at + INODE, inode);
        exchange.putLong(at + SIZE, stat.sizeBytes());
        exchange.putLong(at + BLOCKS, stat.blocks512());
        put(exchange, at + ACCESSED, stat.accessed());
        put(exchange, at + BORN, stat.born());
        put(exchange, at + CHANGED, stat.changed());
        put(exchange, at + MODIFIED, stat.modified());
        exchange.putInt(at + RDEVICE_MAJOR, Stat.major(stat.rdevice()));
        exchange.putInt(at + RDEVICE_MINOR, Stat.minor(stat.rdevice()));
    }

    private static void put(Exchange exchange, int at, Stat.Time time) {
        exchange.putLong(at, time.seconds());
        exchange.putInt(at + 8, time.nanos());
    }
}
