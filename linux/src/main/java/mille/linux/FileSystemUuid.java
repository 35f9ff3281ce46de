package mille.linux;

/** The identity that a file system was made with. */
public final class FileSystemUuid {
    /** {@code FS_IOC_GETFSUUID} of {@code linux/fs.h}, Linux 6.9 and later. */
    private static final long GET_UUID = 0x80111500L;

    private static final int BYTES = 16;

    private FileSystemUuid() {}

    /**
     * The sixteen bytes.
     *
     * @param file any open file of it, but none of {@code O_PATH}
     * @return all zero where it has none, or where the kernel doesn't tell
     */
    public static byte[] of(Fd file) {
        Scratch scratch = Scratch.get();
        NativeBuffer answer = scratch.struct;
        answer.clear(0, BYTES + 1);
        long result = Syscall.call(scratch, Syscall.IOCTL, file.number(), GET_UUID, answer.address());
        return result < 0 ? new byte[BYTES] : answer.getBytes(1, BYTES);
    }
}
