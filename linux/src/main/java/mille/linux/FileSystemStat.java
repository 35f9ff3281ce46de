package mille.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What {@code fstatfs(2)} says of a file system. Blocks are units of {@code fragmentBytes}.
 *
 * @param magic the file system's kind, such as {@link #OVERLAYFS_MAGIC}
 * @param flags {@code ST_*} bits of the mount
 */
public record FileSystemStat(
        long magic,
        long blockSizeBytes,
        long blocks,
        long freeBlocks,
        long availableBlocks,
        long files,
        long freeFiles,
        long nameMaxBytes,
        long fragmentBytes,
        long flags) {
    public static final long OVERLAYFS_MAGIC = 0x794c7630L;
    public static final long FUSE_MAGIC = 0x65735546L;

    /** Of the file system that holds an open file, {@code O_PATH} included. */
    public static FileSystemStat of(Fd file) throws ErrnoException {
        Scratch scratch = Scratch.get();
        MemorySegment statfs = scratch.struct;
        Syscall.check(Syscall.call(scratch, Syscall.FSTATFS, file.number(), statfs.address()), "fstatfs", file);
        return new FileSystemStat(
                longAt(statfs, 0),
                longAt(statfs, 8),
                longAt(statfs, 16),
                longAt(statfs, 24),
                longAt(statfs, 32),
                longAt(statfs, 40),
                longAt(statfs, 48),
                longAt(statfs, 64),
                longAt(statfs, 72),
                longAt(statfs, 80));
    }

    private static long longAt(MemorySegment statfs, long at) {
        return statfs.get(ValueLayout.JAVA_LONG, at);
    }
}
