package mille.linux;

/** Lists a directory that is open for reading ({@code getdents64(2)}), from where the descriptor stands to the end. */
public final class DirectoryReader {
    /** {@code d_type}: the file system doesn't say; ask {@link Stat}. */
    public static final int DT_UNKNOWN = 0;

    public static final int DT_FIFO = 1;
    public static final int DT_CHR = 2;
    public static final int DT_DIR = 4;
    public static final int DT_BLK = 6;
    public static final int DT_REG = 8;
    public static final int DT_LNK = 10;
    public static final int DT_SOCK = 12;

    static final int INODE = 0;
    static final int RECORD_LENGTH = 16;
    static final int TYPE = 18;
    static final int NAME = 19;

    /** Takes one entry. */
    @FunctionalInterface
    public interface EntryConsumer {
        /**
         * @param type a {@code DT_*} value
         */
        void accept(FileName name, long inode, int type) throws ErrnoException;
    }

    private DirectoryReader() {}

    /** The {@code DT_*} value of a file. */
    public static int typeOf(Stat stat) {
        return stat.type() >>> 12; // the bits of S_IFMT shifted, by design
    }

    /**
     * Calls the consumer for each entry but {@code .} and {@code ..}. The consumer may make other system calls.
     *
     * @throws ErrnoException ENAMETOOLONG for a name of more than {@link FileName#MAX_BYTES}, which only foreign file systems have; ENOENT
     *     where the directory is removed; and what the consumer throws
     */
    public static void forEach(Fd directory, EntryConsumer consumer) throws ErrnoException {
        Scratch scratch = Scratch.get();
        // Memory of its own: the consumer's calls may use the thread's scratch buffer.
        NativeBuffer buffer = scratch.takeListing();
        try {
            while (true) {
                long length = Syscall.check(
                        Syscall.call(
                                scratch, Syscall.GETDENTS64, directory.number(), buffer.address(), buffer.sizeBytes()),
                        "getdents64");
                if (length == 0) {
                    return;
                }
                for (long at = 0; at < length; ) {
                    int recordLength = Short.toUnsignedInt(buffer.getShort(at + RECORD_LENGTH));
                    byte[] name = nameAt(buffer, at + NAME, at + recordLength);
                    if (!isDots(name)) {
                        consumer.accept(named(name), buffer.getLong(at + INODE), buffer.getByte(at + TYPE));
                    }
                    at += recordLength;
                }
            }
        } finally {
            scratch.giveBack(buffer);
        }
    }

    private static boolean isDots(byte[] name) {
        return name.length > 0 && name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    }

    /** To leave such an entry out would hide it; the kernel itself refuses names with a slash. */
    private static FileName named(byte[] name) throws ErrnoException {
        if (!FileName.isValid(name)) {
            throw new ErrnoException(Errno.ENAMETOOLONG, "getdents64: a name of " + name.length + " bytes");
        }
        return FileName.of(name);
    }

    private static byte[] nameAt(NativeBuffer buffer, long start, long limit) {
        return buffer.getBytes(start, buffer.textLength(start, limit));
    }
}
