package mille.oci.tar;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One header block, whose sum is right: v7, ustar (POSIX pax, "ustar Interchange Format"), GNU or star, told apart by the magic. Offsets
 * and lengths of the fields are here and nowhere else.
 */
final class TarHeader {
    static final int BLOCK_BYTES = 512;

    static final int NAME = 0;
    static final int NAME_BYTES = 100;
    static final int MODE = 100;
    static final int UID = 108;
    static final int GID = 116;
    static final int SHORT_NUMBER_BYTES = 8;
    static final int SIZE = 124;
    static final int MODIFIED = 136;
    static final int LONG_NUMBER_BYTES = 12;
    static final int SUM = 148;
    static final int TYPE = 156;
    static final int LINK_NAME = 157;
    static final int MAGIC = 257;
    static final int DEVICE_MAJOR = 329;
    static final int DEVICE_MINOR = 337;
    static final int PREFIX = 345;
    static final int PREFIX_BYTES = 155;
    private static final int STAR_PREFIX_BYTES = 131;
    private static final int STAR_TRAILER = 508;

    private static final int GNU_SPARSE = 386;
    private static final int GNU_SPARSE_IN_HEADER = 4;
    private static final int GNU_SPARSE_IS_EXTENDED = 482;
    private static final int GNU_REAL_SIZE = 483;
    private static final int GNU_SPARSE_IN_EXTENSION = 21;
    private static final int GNU_EXTENSION_IS_EXTENDED = 504;

    private final byte[] block;

    /** Takes the block over. */
    TarHeader(byte[] block) throws MalformedTar {
        this.block = block;
        checkSum();
    }

    static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** The sum of all bytes, with the sum's own field taken as spaces. */
    static long sumOf(byte[] block, boolean signed) {
        long sum = 0;
        for (int at = 0; at < BLOCK_BYTES; at++) {
            byte value = at >= SUM && at < SUM + SHORT_NUMBER_BYTES ? (byte) ' ' : block[at];
            sum += signed ? value : value & 0xff;
        }
        return sum;
    }

    private void checkSum() throws MalformedTar {
        long sum = TarNumber.field(block, SUM, SHORT_NUMBER_BYTES);
        // Some old tars summed signed bytes.
        if (sum != sumOf(block, false) && sum != sumOf(block, true)) {
            throw new MalformedTar("the header's checksum is wrong, or this is no tar");
        }
    }

    byte type() {
        return block[TYPE];
    }

    /** Name, with the prefix where the format has one. */
    ByteString name() {
        ByteString name = text(NAME, NAME_BYTES);
        if (!startsAt(MAGIC, "ustar\0")) {
            return name; // GNU keeps times and sparse maps where ustar has the prefix
        }
        ByteString prefix = text(PREFIX, startsAt(STAR_TRAILER, "tar\0") ? STAR_PREFIX_BYTES : PREFIX_BYTES);
        if (prefix.isEmpty()) {
            return name;
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.writeBytes(prefix.bytes());
        joined.write('/');
        joined.writeBytes(name.bytes());
        return ByteString.of(joined.toByteArray());
    }

    ByteString linkName() {
        return text(LINK_NAME, NAME_BYTES);
    }

    /** The permission bits: some writers store the file type above them. */
    int mode() throws MalformedTar {
        return (int) (number(MODE, SHORT_NUMBER_BYTES) & 07777);
    }

    long uid() throws MalformedTar {
        return number(UID, SHORT_NUMBER_BYTES);
    }

    long gid() throws MalformedTar {
        return number(GID, SHORT_NUMBER_BYTES);
    }

    long sizeBytes() throws MalformedTar {
        return size(number(SIZE, LONG_NUMBER_BYTES));
    }

    long modifiedSeconds() throws MalformedTar {
        return number(MODIFIED, LONG_NUMBER_BYTES);
    }

    int deviceMajor() throws MalformedTar {
        return deviceNumber(DEVICE_MAJOR);
    }

    int deviceMinor() throws MalformedTar {
        return deviceNumber(DEVICE_MINOR);
    }

    /** Old GNU sparse: the size with holes. */
    long gnuRealSizeBytes() throws MalformedTar {
        return size(number(GNU_REAL_SIZE, LONG_NUMBER_BYTES));
    }

    /** Old GNU sparse: the extents in the header; {@link #gnuSparseIsExtended} says whether blocks of more follow. */
    List<Extent> gnuExtents() throws MalformedTar {
        List<Extent> extents = new ArrayList<>();
        addExtents(block, GNU_SPARSE, GNU_SPARSE_IN_HEADER, extents);
        return extents;
    }

    boolean gnuSparseIsExtended() {
        return block[GNU_SPARSE_IS_EXTENDED] != 0;
    }

    /**
     * Adds the extents of a block that follows the header.
     *
     * @return whether one more follows
     */
    static boolean addGnuExtension(byte[] extension, List<Extent> extents) throws MalformedTar {
        addExtents(extension, 0, GNU_SPARSE_IN_EXTENSION, extents);
        return extension[GNU_EXTENSION_IS_EXTENDED] != 0;
    }

    private static void addExtents(byte[] block, int start, int count, List<Extent> extents) throws MalformedTar {
        for (int i = 0; i < count; i++) {
            int at = start + i * 2 * LONG_NUMBER_BYTES;
            if (block[at] == 0) {
                return;
            }
            extents.add(new Extent(
                    TarNumber.field(block, at, LONG_NUMBER_BYTES),
                    TarNumber.field(block, at + LONG_NUMBER_BYTES, LONG_NUMBER_BYTES)));
        }
    }

    private int deviceNumber(int start) throws MalformedTar {
        long number = number(start, SHORT_NUMBER_BYTES);
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw new MalformedTar("device number out of range");
        }
        return (int) number;
    }

    private static long size(long value) throws MalformedTar {
        if (value < 0) {
            throw new MalformedTar("its size is negative");
        }
        return value;
    }

    private long number(int start, int length) throws MalformedTar {
        return TarNumber.field(block, start, length);
    }

    private ByteString text(int start, int maxLength) {
        int end = start;
        while (end < start + maxLength && block[end] != 0) {
            end++;
        }
        return ByteString.of(Arrays.copyOfRange(block, start, end));
    }

    private boolean startsAt(int start, String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            if (block[start + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
