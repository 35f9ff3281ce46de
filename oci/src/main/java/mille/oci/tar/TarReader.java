package mille.oci.tar;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar from front to back, once.
 *
 * <p>It takes v7, ustar, PAX (with global headers, extended attributes and the sparse formats 0.0, 0.1 and 1.0) and GNU's old format (long
 * names and links, sparse files, base-256 numbers). The archive ends at two zero blocks or at the end of the stream between entries; what
 * comes after the zero blocks isn't read, so whoever digests the stream must read on to its end.
 *
 * <p>Whatever the bytes, the only exception is {@link IOException}; for a malformed tar its message names the entry and the offset of its
 * header. After one, the reader gives nothing more. Not for several threads.
 */
public final class TarReader implements Closeable {
    /** Of one extended header or long name: room for every attribute that the kernel can hold. */
    private static final int MAX_EXTENSION_BYTES = 1 << 20;

    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final byte[] skipBuffer = new byte[TarHeader.BLOCK_BYTES];
    private PaxRecords globals = PaxRecords.NONE;
    private long offset;
    private long headerOffset;
    private @Nullable ByteString current;
    private long dataLeft;
    private int padding;
    private boolean ended;

    /** Buffers the stream itself, and reads ahead of what it returns. */
    public TarReader(InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
    }

    /**
     * The next entry; what was left of the last one's data is skipped.
     *
     * @return {@code null} at the end of the archive
     */
    public @Nullable TarEntry next() throws IOException {
        if (ended) {
            return null;
        }
        ended = true; // unless all goes well
        try {
            skip(dataLeft + padding);
            dataLeft = 0;
            padding = 0;
            current = null;
            TarEntry entry = readEntry();
            ended = entry == null;
            return entry;
        } catch (MalformedTar | IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The stored bytes of the entry that {@link #next} gave last: for a sparse file those of its extents, one after the other. Ends after
     * {@link TarEntry#storedBytes} bytes; useless after the next call of {@link #next}. Closing it does nothing.
     */
    public InputStream data() {
        return new Data(headerOffset);
    }

    /** The offset of the next byte that is to be read, counted from where the reader began. */
    public long offsetBytes() {
        return offset;
    }

    /** Closes the stream beneath. */
    @Override
    public void close() throws IOException {
        in.close();
    }

    private @Nullable TarEntry readEntry() throws IOException, MalformedTar {
        PaxRecords records = PaxRecords.NONE;
        ByteString longName = null;
        ByteString longLink = null;
        boolean extended = false;
        headerOffset = offset;
        while (true) {
            TarHeader header = readHeader();
            if (header == null) {
                if (extended) {
                    throw new MalformedTar("the archive ends where an entry should follow its extended header");
                }
                return null;
            }
            switch (header.type()) {
                case 'x', 'X' -> records = PaxRecords.parse(readExtension(header));
                case 'L' -> longName = untilNul(readExtension(header));
                case 'K' -> longLink = untilNul(readExtension(header));
                case 'g' -> {
                    addGlobals(PaxRecords.parse(readExtension(header)));
                    headerOffset = extended ? headerOffset : offset;
                    continue;
                }
                case 'V' -> { // a label for people
                    skipPadded(header.sizeBytes());
                    headerOffset = extended ? headerOffset : offset;
                    continue;
                }
                default -> {
                    return entry(header, records.over(globals), longName, longLink);
                }
            }
            extended = true;
        }
    }

    private void addGlobals(PaxRecords records) throws MalformedTar {
        if (records.has(PaxRecords.PATH)
                || records.has(PaxRecords.LINK_PATH)
                || records.has(PaxRecords.SIZE)
                || records.hasAnyOf(PaxRecords.SPARSE)) {
            throw new MalformedTar("a global header gives all entries one name or size");
        }
        globals = records.over(globals);
        if (globals.weightBytes() > MAX_EXTENSION_BYTES) {
            throw new MalformedTar("the global headers are too large");
        }
    }

    private TarEntry entry(
            TarHeader header, PaxRecords records, @Nullable ByteString longName, @Nullable ByteString longLink)
            throws IOException, MalformedTar {
        PaxSparse sparse = PaxSparse.of(records);
        ByteString name = first(
                longName,
                sparse == PaxSparse.NONE ? null : records.bytes(PaxRecords.SPARSE_NAME),
                records.bytes(PaxRecords.PATH),
                header.name());
        current = name;
        String modified = records.text(PaxRecords.MODIFIED);
        Instant time = modified == null ? TarNumber.time(header.modifiedSeconds(), 0) : TarNumber.time(modified);
        ByteString link = first(longLink, records.bytes(PaxRecords.LINK_PATH), null, header.linkName());
        return new TarEntry(
                name,
                content(header, records, sparse, name, link),
                header.mode(),
                records.has(PaxRecords.UID) ? records.number(PaxRecords.UID, 0) : header.uid(),
                records.has(PaxRecords.GID) ? records.number(PaxRecords.GID, 0) : header.gid(),
                time,
                records.xattrs());
    }

    private TarContent content(TarHeader header, PaxRecords records, PaxSparse sparse, ByteString name, ByteString link)
            throws IOException, MalformedTar {
        // Only files have data: what other kinds have in their size field is for show, and GNU tar, Go and Python agree
        // on that.
        return switch (header.type()) {
            case '0', '7' -> file(header, records, sparse);
            // Before ustar a directory was a file whose name ended so.
            case 0 -> name.endsWith('/') ? new TarContent.Directory() : file(header, records, sparse);
            case 'S' -> oldSparseFile(header, records);
            case '1' -> new TarContent.HardLink(link);
            case '2' -> new TarContent.Symlink(link);
            case '3' -> new TarContent.CharacterDevice(header.deviceMajor(), header.deviceMinor());
            case '4' -> new TarContent.BlockDevice(header.deviceMajor(), header.deviceMinor());
            case '5' -> new TarContent.Directory();
            case '6' -> new TarContent.Fifo();
            case 'D' -> { // a directory of an incremental dump, with its listing
                setData(sizeOf(header, records));
                yield new TarContent.Directory();
            }
            default -> throw new MalformedTar("its type '" + printable(header.type()) + "' is not known");
        };
    }

    private TarContent file(TarHeader header, PaxRecords records, PaxSparse sparse) throws IOException, MalformedTar {
        long stored = sizeOf(header, records);
        return switch (sparse) {
            case NONE -> {
                setData(stored);
                yield TarContent.File.of(stored);
            }
            case MAP_IN_RECORDS -> {
                setData(stored);
                yield sparseFile(records.number(PaxRecords.SPARSE_SIZE, stored), PaxSparse.mapOf(records));
            }
            case MAP_IN_DATA -> {
                var map = new PaxSparse.MapParser();
                setData(stored);
                do {
                    if (dataLeft < TarHeader.BLOCK_BYTES) {
                        throw new MalformedTar("its sparse map doesn't end");
                    }
                    dataLeft -= TarHeader.BLOCK_BYTES;
                } while (!map.feed(readBytes(TarHeader.BLOCK_BYTES)));
                yield sparseFile(records.number(PaxRecords.SPARSE_REAL_SIZE, dataLeft), map.extents());
            }
        };
    }

    private TarContent oldSparseFile(TarHeader header, PaxRecords records) throws IOException, MalformedTar {
        List<Extent> extents = new ArrayList<>(header.gnuExtents());
        boolean more = header.gnuSparseIsExtended();
        while (more) {
            more = TarHeader.addGnuExtension(readBytes(TarHeader.BLOCK_BYTES), extents);
            if (extents.size() > PaxSparse.MAX_EXTENTS) {
                throw new MalformedTar("its sparse map is too large");
            }
        }
        setData(sizeOf(header, records));
        return sparseFile(header.gnuRealSizeBytes(), extents);
    }

    private TarContent sparseFile(long sizeBytes, List<Extent> extents) throws MalformedTar {
        var file = new TarContent.File(sizeBytes, extents);
        if (file.storedBytes() != dataLeft) {
            throw new MalformedTar(
                    "its sparse map stands for " + file.storedBytes() + " bytes, but " + dataLeft + " are stored");
        }
        return file;
    }

    private static long sizeOf(TarHeader header, PaxRecords records) throws MalformedTar {
        return records.has(PaxRecords.SIZE) ? records.number(PaxRecords.SIZE, 0) : header.sizeBytes();
    }

    private void setData(long sizeBytes) throws MalformedTar {
        if (sizeBytes > Long.MAX_VALUE - offset - TarHeader.BLOCK_BYTES) {
            throw new MalformedTar("its size is out of range");
        }
        dataLeft = sizeBytes;
        padding = paddingOf(sizeBytes);
    }

    private static int paddingOf(long sizeBytes) {
        return (int) (-sizeBytes & (TarHeader.BLOCK_BYTES - 1));
    }

    private @Nullable TarHeader readHeader() throws IOException, MalformedTar {
        byte[] block = readBlockOrEnd();
        if (block == null) {
            return null;
        }
        if (!TarHeader.isZero(block)) {
            return new TarHeader(block);
        }
        byte[] second = readBlockOrEnd();
        if (second != null && !TarHeader.isZero(second)) {
            // Readers differ on what this is, so one could hide entries from another.
            throw new MalformedTar("something follows a single zero block");
        }
        return null;
    }

    private byte[] readExtension(TarHeader header) throws IOException, MalformedTar {
        long sizeBytes = header.sizeBytes();
        if (sizeBytes > MAX_EXTENSION_BYTES) {
            throw new MalformedTar("its extended header has " + sizeBytes + " bytes, more than " + MAX_EXTENSION_BYTES);
        }
        byte[] bytes = readBytes((int) sizeBytes);
        skip(paddingOf(sizeBytes));
        return bytes;
    }

    private void skipPadded(long sizeBytes) throws IOException, MalformedTar {
        setData(sizeBytes);
        skip(dataLeft + padding);
        dataLeft = 0;
        padding = 0;
    }

    private byte @Nullable [] readBlockOrEnd() throws IOException {
        byte[] block = in.readNBytes(TarHeader.BLOCK_BYTES);
        offset += block.length;
        if (block.length == 0) {
            return null;
        }
        if (block.length < TarHeader.BLOCK_BYTES) {
            throw truncated();
        }
        return block;
    }

    private byte[] readBytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        offset += bytes.length;
        if (bytes.length < count) {
            throw truncated();
        }
        return bytes;
    }

    /** Skips all but the last byte, however that is done, and reads that: a file's {@code skip} goes beyond its end without a word. */
    private void skip(long count) throws IOException {
        long left = count;
        while (left > 1) {
            long skipped = in.skip(left - 1);
            if (skipped <= 0) {
                skipped = in.read(skipBuffer, 0, (int) Math.min(left - 1, skipBuffer.length));
                if (skipped < 0) {
                    throw truncated();
                }
            }
            left -= skipped;
            offset += skipped;
        }
        if (left == 1) {
            if (in.read() < 0) {
                throw truncated();
            }
            offset++;
        }
    }

    private IOException truncated() {
        return malformed("the archive ends in the middle of it", null);
    }

    private IOException malformed(String reason, @Nullable Exception cause) {
        String where = current == null ? "header" : "entry '" + current + "'";
        return new IOException("malformed tar: " + where + " at offset " + headerOffset + ": " + reason, cause);
    }

    private static ByteString first(
            @Nullable ByteString best, @Nullable ByteString second, @Nullable ByteString third, ByteString last) {
        if (best != null) {
            return best;
        }
        if (second != null) {
            return second;
        }
        return third != null ? third : last;
    }

    private static ByteString untilNul(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return ByteString.of(Arrays.copyOf(bytes, end));
    }

    private static String printable(byte type) {
        return ByteString.of(new byte[] {type}).toString();
    }

    /** The current entry's data; knows its entry by the header's offset. */
    private final class Data extends InputStream {
        private final long entryOffset;

        Data(long entryOffset) {
            this.entryOffset = entryOffset;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int start, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (entryOffset != headerOffset || dataLeft == 0) {
                return -1;
            }
            int count = in.read(buffer, start, (int) Math.min(length, dataLeft));
            if (count < 0) {
                ended = true;
                throw truncated();
            }
            dataLeft -= count;
            offset += count;
            return count;
        }

        @Override
        public int available() throws IOException {
            return entryOffset == headerOffset ? (int) Math.min(in.available(), dataLeft) : 0;
        }
    }
}
