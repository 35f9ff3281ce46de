package mille.linux;

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
    public static final long EXT4_MAGIC = 0xef53L;
    public static final long XFS_MAGIC = 0x58465342L;

    // Offsets in struct statfs of asm-generic/statfs.h.
    private static final int TYPE = 0;
    private static final int BLOCK_SIZE = 8;
    private static final int BLOCKS = 16;
    private static final int FREE_BLOCKS = 24;
    private static final int AVAILABLE_BLOCKS = 32;
    private static final int FILES = 40;
    private static final int FREE_FILES = 48;
    private static final int NAME_LENGTH = 64;
    private static final int FRAGMENT_SIZE = 72;
    private static final int FLAGS = 80;

    /** Of the file system that holds an open file, {@code O_PATH} included. */
    public static FileSystemStat of(Fd file) throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer statfs = scratch.struct;
        Syscall.check(Syscall.call(scratch, Syscall.FSTATFS, file.number(), statfs.address()), "fstatfs", file);
        return new FileSystemStat(
                longAt(statfs, TYPE),
                longAt(statfs, BLOCK_SIZE),
                longAt(statfs, BLOCKS),
                longAt(statfs, FREE_BLOCKS),
                longAt(statfs, AVAILABLE_BLOCKS),
                longAt(statfs, FILES),
                longAt(statfs, FREE_FILES),
                longAt(statfs, NAME_LENGTH),
                longAt(statfs, FRAGMENT_SIZE),
                longAt(statfs, FLAGS));
    }

    private static long longAt(NativeBuffer statfs, long at) {
        return statfs.getLong(at);
    }
}
