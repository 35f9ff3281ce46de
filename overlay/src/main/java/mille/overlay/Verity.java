package mille.overlay;

import java.util.Arrays;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.Ioctl;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.overlay.OverlayOptions.Feature;
import org.jspecify.annotations.Nullable;

/**
 * Digests by which copies of metadata alone say what their data must be (kernel document, section "fs-verity support"). The data's own file
 * system keeps such a digest and holds whatever is read against it ({@code Documentation/filesystems/fsverity.rst}); so all that is left to do
 * is to compare the two before the data is used.
 */
final class Verity {
    private static final int FS_IOC_MEASURE_VERITY = 0xc0046686;

    /** {@code struct fsverity_digest}: algorithm and size, of 16 bits each, then the digest. */
    private static final int DIGEST = 4;

    private static final int MAX_DIGEST_BYTES = 64;

    private Verity() {}

    /**
     * The data of a copy of metadata alone, if it is what the copy asks for: the file that was measured, not what lies in its place when it is
     * used.
     *
     * @param data taken over
     * @throws ErrnoException EIO where it isn't, or nobody can say; with {@code verity=require} also where the copy doesn't ask
     */
    static Location checked(Union union, Location copy, Location data) throws ErrnoException {
        try (data;
                SharedFd file = new SharedFd(data.open(O.RDONLY))) {
            check(union, copy.xattr(union.xattrs().metacopy()), file.fd());
            boolean _ = file.pin();
            return Location.itself(file, false);
        }
    }

    private static void check(Union union, byte @Nullable [] mark, Fd data) throws ErrnoException {
        if (mark == null) {
            return; // it got its data meanwhile
        }
        if (!Metacopy.hasDigest(mark)) {
            if (union.options().has(Feature.REQUIRE_VERITY)) {
                throw new ErrnoException(Errno.EIO, "a copy of metadata alone has no digest of its data: " + data);
            }
        } else if (!Arrays.equals(mark, markOf(data))) {
            throw new ErrnoException(Errno.EIO, "fs-verity has not the digest that is asked for: " + data);
        }
    }

    /** The mark of a copy of metadata alone that has this data; without a digest where fs-verity has none. */
    static byte[] markOf(Fd data) throws ErrnoException {
        NativeBuffer digest = measure(data);
        if (digest == null) {
            return Metacopy.EMPTY;
        }
        int head = digest.getInt(0);
        return Metacopy.mark(head & 0xffff, digest.getBytes(DIGEST, head >>> 16));
    }

    private static @Nullable NativeBuffer measure(Fd file) throws ErrnoException {
        NativeBuffer digest = NativeBuffer.allocate(DIGEST + MAX_DIGEST_BYTES);
        digest.putInt(0, MAX_DIGEST_BYTES << 16);
        try {
            Ioctl.call(file, FS_IOC_MEASURE_VERITY, digest);
            return digest;
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case ENODATA, EOPNOTSUPP, ENOTTY -> null;
                default -> throw e;
            };
        }
    }

    /** Whether any of these layers lies on a file system that keeps digests: it knows the question, though not of a directory. */
    static boolean isKeptIn(List<Layer> layers) throws ErrnoException {
        for (Layer layer : layers) {
            try (Fd root = layer.root().openAt(RelativePath.EMPTY, O.RDONLY | O.DIRECTORY)) {
                Ioctl.call(root, FS_IOC_MEASURE_VERITY, NativeBuffer.allocate(DIGEST + MAX_DIGEST_BYTES));
                return true;
            } catch (ErrnoException e) {
                if (e.errno() == Errno.ENODATA) {
                    return true;
                }
            }
        }
        return false;
    }
}
