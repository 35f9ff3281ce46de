package mille.fuse;

import mille.linux.Stat;

/**
 * A file's attributes in a reply ({@code struct fuse_attr}), written where they go. All are 0 until set; mode is never left so.
 */
public final class AttributeFields {
    private final Exchange exchange;
    private int at;

    AttributeFields(Exchange exchange) {
        this.exchange = exchange;
    }

    AttributeFields at(int offset) {
        at = offset;
        exchange.clear(offset, Wire.Attr.BYTES);
        return this;
    }

    /** All of them as they are on another file system, device number apart; call {@link #inode} afterwards to give another number. */
    public AttributeFields of(Stat stat) {
        return inode(stat.inode())
                .mode(stat.mode())
                .linkCount(stat.linkCount())
                .owner(stat.uid(), stat.gid())
                .device(stat.rdevice())
                .size(stat.sizeBytes(), stat.blocks512(), stat.blockSizeBytes())
                .accessed(stat.accessed().seconds(), stat.accessed().nanos())
                .modified(stat.modified().seconds(), stat.modified().nanos())
                .changed(stat.changed().seconds(), stat.changed().nanos());
    }

    public AttributeFields inode(long inode) {
        exchange.putLong(at + Wire.Attr.INO, inode);
        return this;
    }

    /** Type and permission bits. */
    public AttributeFields mode(int mode) {
        exchange.putInt(at + Wire.Attr.MODE, mode);
        return this;
    }

    public AttributeFields linkCount(int count) {
        exchange.putInt(at + Wire.Attr.NLINK, count);
        return this;
    }

    public AttributeFields owner(int uid, int gid) {
        exchange.putInt(at + Wire.Attr.UID, uid);
        exchange.putInt(at + Wire.Attr.GID, gid);
        return this;
    }

    /** For device files, packed as in {@link Stat#makeDevice}: the protocol has room for its lower 32 bits. */
    public AttributeFields device(long device) {
        exchange.putInt(at + Wire.Attr.RDEV, (int) device);
        return this;
    }

    /**
     * @param blocks512 allocated space in units of 512 bytes
     * @param blockSizeBytes what {@code st_blksize} advises; 0 leaves it to the kernel
     */
    public AttributeFields size(long sizeBytes, long blocks512, int blockSizeBytes) {
        exchange.putLong(at + Wire.Attr.SIZE, sizeBytes);
        exchange.putLong(at + Wire.Attr.BLOCKS, blocks512);
        exchange.putInt(at + Wire.Attr.BLKSIZE, blockSizeBytes);
        return this;
    }

    public AttributeFields accessed(long seconds, int nanos) {
        exchange.putLong(at + Wire.Attr.ATIME, seconds);
        exchange.putInt(at + Wire.Attr.ATIMENSEC, nanos);
        return this;
    }

    public AttributeFields modified(long seconds, int nanos) {
        exchange.putLong(at + Wire.Attr.MTIME, seconds);
        exchange.putInt(at + Wire.Attr.MTIMENSEC, nanos);
        return this;
    }

    public AttributeFields changed(long seconds, int nanos) {
        exchange.putLong(at + Wire.Attr.CTIME, seconds);
        exchange.putInt(at + Wire.Attr.CTIMENSEC, nanos);
        return this;
    }
}
