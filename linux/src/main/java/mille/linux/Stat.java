package mille.linux;

import org.jspecify.annotations.Nullable;

/**
 * What {@code statx(2)} says of one file.
 *
 * @param mode type and permission bits, as {@code st_mode}
 * @param device the file system it lies on, as {@code makedev} packs it on Linux ({@code dev_t} of glibc)
 * @param rdevice for device files, the device that they stand for, packed alike
 * @param blocks512 allocated space in units of 512 bytes
 * @param attributes {@code STATX_ATTR_*} bits
 */
public record Stat(
        long inode,
        int mode,
        int linkCount,
        int uid,
        int gid,
        long device,
        long rdevice,
        long sizeBytes,
        long blocks512,
        int blockSizeBytes,
        Time accessed,
        Time modified,
        Time changed,
        Time born,
        long attributes) {

    public static final int S_IFMT = 0170000;
    public static final int S_IFSOCK = 0140000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFBLK = 0060000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFIFO = 0010000;
    public static final int S_ISUID = 04000;
    public static final int S_ISGID = 02000;
    public static final int S_ISVTX = 01000;

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_NO_AUTOMOUNT = 0x800;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS_AND_BTIME = 0xfff;

    /** A point in time: seconds since the epoch (negative before it) and nanoseconds from 0 to 999,999,999. */
    public record Time(long seconds, int nanos) implements Comparable<Time> {
        @Override
        public int compareTo(Time other) {
            int bySecond = Long.compare(seconds, other.seconds);
            return bySecond != 0 ? bySecond : Integer.compare(nanos, other.nanos);
        }

        // By hand: for what a record has by itself a dozen classes are made at its first use, which takes a mount's
        // first
        // request for it 15 ms.

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Time time && time.seconds == seconds && time.nanos == nanos;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(seconds) * 31 + nanos;
        }
    }

    /** Of an open file, {@code O_PATH} included. */
    public static Stat of(Fd file) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(statx(scratch, file.number(), scratch.emptyPath(), AT_EMPTY_PATH), "statx", file);
        return decode(scratch.struct);
    }

    /** Of a name in a directory; of a symlink itself, not of what it points to. */
    public static Stat at(Fd directory, Name name) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(statx(scratch, directory.number(), scratch.path(name), AT_SYMLINK_NOFOLLOW), "statx", name);
        return decode(scratch.struct);
    }

    /** As {@link #at}, with null where there is no such name (ENOENT). */
    public static @Nullable Stat atOrNull(Fd directory, Name name) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long result = statx(scratch, directory.number(), scratch.path(name), AT_SYMLINK_NOFOLLOW);
        if (result == -Errno.ENOENT.code()) {
            return null;
        }
        Syscall.check(result, "statx", name);
        return decode(scratch.struct);
    }

    private static long statx(Scratch scratch, int directory, long path, int flags) {
        return Syscall.call(
                scratch,
                Syscall.STATX,
                directory,
                path,
                flags | AT_NO_AUTOMOUNT,
                STATX_BASIC_STATS_AND_BTIME,
                scratch.struct.address());
    }

    private static Stat decode(NativeBuffer statx) {
        return new Stat(
                statx.getLong(StatxLayout.INODE),
                Short.toUnsignedInt(statx.getShort(StatxLayout.MODE)),
                statx.getInt(StatxLayout.LINK_COUNT),
                statx.getInt(StatxLayout.UID),
                statx.getInt(StatxLayout.GID),
                device(statx, StatxLayout.DEVICE_MAJOR),
                device(statx, StatxLayout.RDEVICE_MAJOR),
                statx.getLong(StatxLayout.SIZE),
                statx.getLong(StatxLayout.BLOCKS),
                statx.getInt(StatxLayout.BLOCK_SIZE),
                time(statx, StatxLayout.ACCESSED),
                time(statx, StatxLayout.MODIFIED),
                time(statx, StatxLayout.CHANGED),
                time(statx, StatxLayout.BORN),
                statx.getLong(StatxLayout.ATTRIBUTES));
    }

    private static Time time(NativeBuffer statx, long at) {
        return new Time(statx.getLong(at), statx.getInt(at + 8));
    }

    private static long device(NativeBuffer statx, long at) {
        return makeDevice(statx.getInt(at), statx.getInt(at + 4));
    }

    /** {@code makedev(3)} of glibc: 64 bits. */
    public static long makeDevice(int major, int minor) {
        long high = Integer.toUnsignedLong(major);
        long low = Integer.toUnsignedLong(minor);
        return (high & 0xfffff000L) << 32 | (high & 0xfffL) << 8 | (low & 0xffffff00L) << 12 | (low & 0xffL);
    }

    public static int major(long device) {
        return (int) ((device >>> 32 & 0xfffff000L) | (device >>> 8 & 0xfffL));
    }

    public static int minor(long device) {
        return (int) ((device >>> 12 & 0xffffff00L) | (device & 0xffL));
    }

    public int type() {
        return mode & S_IFMT;
    }

    /** The lower twelve bits: set-id, sticky, permissions. */
    public int permissions() {
        return mode & 07777;
    }

    public boolean isDirectory() {
        return type() == S_IFDIR;
    }

    public boolean isRegular() {
        return type() == S_IFREG;
    }

    public boolean isSymlink() {
        return type() == S_IFLNK;
    }

    public boolean isCharacterDevice() {
        return type() == S_IFCHR;
    }

    public boolean isBlockDevice() {
        return type() == S_IFBLK;
    }

    /** The same file as a layered file system shows it: under another inode number, with other counts. */
    public Stat shownAs(long shownInode, int shownLinkCount, long shownBlocks512) {
        if (shownInode == inode && shownLinkCount == linkCount && shownBlocks512 == blocks512) {
            return this;
        }
        return new Stat(
                shownInode,
                mode,
                shownLinkCount,
                uid,
                gid,
                device,
                rdevice,
                sizeBytes,
                shownBlocks512,
                blockSizeBytes,
                accessed,
                modified,
                changed,
                born,
                attributes);
    }

    /** The same file as one of another owner. */
    public Stat ownedBy(int otherUid, int otherGid) {
        return new Stat(
                inode,
                mode,
                linkCount,
                otherUid,
                otherGid,
                device,
                rdevice,
                sizeBytes,
                blocks512,
                blockSizeBytes,
                accessed,
                modified,
                changed,
                born,
                attributes);
    }

    /** The same file as one of another type or mode. */
    public Stat ofKind(int otherMode, long otherRdevice) {
        return new Stat(
                inode,
                otherMode,
                linkCount,
                uid,
                gid,
                device,
                otherRdevice,
                sizeBytes,
                blocks512,
                blockSizeBytes,
                accessed,
                modified,
                changed,
                born,
                attributes);
    }

    public boolean isSameFileAs(Stat other) {
        return inode == other.inode && device == other.device;
    }
}
