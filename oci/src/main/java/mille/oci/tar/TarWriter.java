package mille.oci.tar;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes a tar: ustar headers, and a PAX header before an entry that needs one. The same entries give the same bytes, always: nothing of
 * the machine or the time gets in.
 *
 * <p>Sparse files get GNU's PAX format 1.0. Names are written as the bytes that they are, UTF-8 or not.
 */
public final class TarWriter implements Closeable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final ByteString PAX_HEADER_NAME = ByteString.of("./PaxHeaders/entry");

    private final OutputStream out;
    private boolean finished;

    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /** Writes an entry that has no data: any but a file, or a file of which nothing is stored. */
    public void write(TarEntry entry) throws IOException {
        write(entry, InputStream.nullInputStream());
    }

    /**
     * Writes an entry and its data.
     *
     * @param data the stored bytes: for a sparse file those of its extents, one after the other. Exactly {@link TarEntry#storedBytes} are
     *     read; it is not closed
     * @throws IOException also where the data ends too early; the tar is broken then
     */
    public void write(TarEntry entry, InputStream data) throws IOException {
        if (finished) {
            throw new IllegalStateException("the tar is finished");
        }
        byte[] sparseMap =
                entry.content() instanceof TarContent.File file && file.isSparse() ? sparseMap(file) : new byte[0];
        writeHeaders(entry, entry.storedBytes() + sparseMap.length, sparseMap.length > 0);
        out.write(sparseMap);
        copy(entry, data);
        pad(entry.storedBytes());
    }

    /** Writes the two zero blocks that end an archive, once, and flushes. */
    public void finish() throws IOException {
        if (!finished) {
            finished = true;
            out.write(new byte[2 * TarHeader.BLOCK_BYTES]);
            out.flush();
        }
    }

    /** {@link #finish}, and closes the stream beneath. */
    @Override
    public void close() throws IOException {
        try (out) {
            finish();
        }
    }

    private void writeHeaders(TarEntry entry, long dataBytes, boolean sparse) throws IOException {
        SortedMap<ByteString, ByteString> records = new TreeMap<>();
        var header = new HeaderBuilder(records);
        if (sparse) {
            // Without this record's help an old tar unpacks map and data under the name in the header.
            header.name(ByteString.of("./GNUSparseFile/entry"));
            header.record(PaxRecords.SPARSE_MAJOR, "1");
            header.record(PaxRecords.SPARSE_MINOR, "0");
            header.record(PaxRecords.SPARSE_NAME, entry.name());
            header.record(PaxRecords.SPARSE_REAL_SIZE, Long.toString(((TarContent.File) entry.content()).sizeBytes()));
        } else {
            header.name(entry.name());
        }
        header.number(TarHeader.MODE, TarHeader.SHORT_NUMBER_BYTES, entry.mode());
        header.number(TarHeader.UID, TarHeader.SHORT_NUMBER_BYTES, entry.uid(), PaxRecords.UID);
        header.number(TarHeader.GID, TarHeader.SHORT_NUMBER_BYTES, entry.gid(), PaxRecords.GID);
        header.number(TarHeader.SIZE, TarHeader.LONG_NUMBER_BYTES, dataBytes, PaxRecords.SIZE);
        header.modified(entry.modified());
        entry.xattrs().forEach((name, value) -> records.put(PaxRecords.xattrKey(name), value));
        switch (entry.content()) {
            case TarContent.File _ -> header.type('0');
            case TarContent.HardLink link -> header.type('1').link(link.target());
            case TarContent.Symlink link -> header.type('2').link(link.target());
            case TarContent.CharacterDevice device -> header.type('3').device(device.major(), device.minor());
            case TarContent.BlockDevice device -> header.type('4').device(device.major(), device.minor());
            case TarContent.Directory _ -> header.type('5');
            case TarContent.Fifo _ -> header.type('6');
        }
        byte[] block = header.block();
        if (!records.isEmpty()) {
            writePaxHeader(records);
        }
        out.write(block);
    }

    private void writePaxHeader(SortedMap<ByteString, ByteString> records) throws IOException {
        byte[] bytes = PaxRecords.format(records);
        var header = new HeaderBuilder(new TreeMap<>());
        header.name(PAX_HEADER_NAME);
        header.number(TarHeader.MODE, TarHeader.SHORT_NUMBER_BYTES, 0644);
        header.number(TarHeader.UID, TarHeader.SHORT_NUMBER_BYTES, 0);
        header.number(TarHeader.GID, TarHeader.SHORT_NUMBER_BYTES, 0);
        header.number(TarHeader.SIZE, TarHeader.LONG_NUMBER_BYTES, bytes.length);
        header.number(TarHeader.MODIFIED, TarHeader.LONG_NUMBER_BYTES, 0);
        out.write(header.type('x').block());
        out.write(bytes);
        pad(bytes.length);
    }

    private void copy(TarEntry entry, InputStream data) throws IOException {
        byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, entry.storedBytes())];
        long left = entry.storedBytes();
        while (left > 0) {
            int count = data.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new IOException("the data of '" + entry.name() + "' ends " + left + " bytes too early");
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    private void pad(long sizeBytes) throws IOException {
        out.write(new byte[(int) (-sizeBytes & (TarHeader.BLOCK_BYTES - 1))]);
    }

    /** The map of sparse format 1.0, filled up to whole blocks. */
    private static byte[] sparseMap(TarContent.File file) {
        boolean holeAtEnd = file.extents().isEmpty() || file.extents().getLast().endBytes() < file.sizeBytes();
        StringBuilder map = new StringBuilder();
        map.append(file.extents().size() + (holeAtEnd ? 1 : 0)).append('\n');
        for (Extent extent : file.extents()) {
            map.append(extent.offsetBytes())
                    .append('\n')
                    .append(extent.lengthBytes())
                    .append('\n');
        }
        if (holeAtEnd) {
            // GNU tar sets the file's size by an empty extent at its end.
            map.append(file.sizeBytes()).append("\n0\n");
        }
        int blocks = Math.ceilDiv(map.length(), TarHeader.BLOCK_BYTES);
        byte[] bytes = new byte[blocks * TarHeader.BLOCK_BYTES];
        byte[] text = map.toString().getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, bytes, 0, text.length);
        return bytes;
    }

    /** Fills a header block; what doesn't fit goes to the PAX records. */
    private static final class HeaderBuilder {
        private final byte[] block = new byte[TarHeader.BLOCK_BYTES];
        private final SortedMap<ByteString, ByteString> records;

        HeaderBuilder(SortedMap<ByteString, ByteString> records) {
            this.records = records;
            put(TarHeader.MAGIC, "ustar\00000".getBytes(StandardCharsets.US_ASCII), 8);
            device(0, 0);
        }

        void record(String key, String value) {
            record(key, ByteString.of(value));
        }

        void record(String key, ByteString value) {
            records.put(ByteString.of(key), value);
        }

        void name(ByteString name) {
            int split = prefixLength(name);
            if (name.length() <= TarHeader.NAME_BYTES) {
                put(TarHeader.NAME, name.bytes(), TarHeader.NAME_BYTES);
            } else if (split > 0) {
                put(TarHeader.PREFIX, name.slice(0, split).bytes(), TarHeader.PREFIX_BYTES);
                put(TarHeader.NAME, name.slice(split + 1, name.length()).bytes(), TarHeader.NAME_BYTES);
            } else {
                put(TarHeader.NAME, name.bytes(), TarHeader.NAME_BYTES);
                record(PaxRecords.PATH, name);
            }
        }

        /** How many bytes go to the prefix so that both parts fit, 0 where there is no such place. */
        private static int prefixLength(ByteString name) {
            int slash = name.indexOf('/', Math.max(1, name.length() - TarHeader.NAME_BYTES - 1));
            return slash > 0 && slash <= TarHeader.PREFIX_BYTES && slash < name.length() - 1 ? slash : 0;
        }

        void number(int start, int length, long value) {
            TarNumber.putOctal(block, start, length, value);
        }

        void number(int start, int length, long value, String key) {
            boolean fits = TarNumber.fitsOctal(value, length);
            number(start, length, fits ? value : 0);
            if (!fits) {
                record(key, Long.toString(value));
            }
        }

        void modified(Instant time) {
            long seconds = time.getEpochSecond();
            boolean fits = TarNumber.fitsOctal(seconds, TarHeader.LONG_NUMBER_BYTES);
            number(TarHeader.MODIFIED, TarHeader.LONG_NUMBER_BYTES, fits ? seconds : 0);
            if (!fits || time.getNano() != 0) {
                record(PaxRecords.MODIFIED, TarNumber.decimalTime(time));
            }
        }

        HeaderBuilder type(char type) {
            block[TarHeader.TYPE] = (byte) type;
            return this;
        }

        void link(ByteString target) {
            put(TarHeader.LINK_NAME, target.bytes(), TarHeader.NAME_BYTES);
            if (target.length() > TarHeader.NAME_BYTES) {
                record(PaxRecords.LINK_PATH, target);
            }
        }

        void device(int major, int minor) {
            number(TarHeader.DEVICE_MAJOR, TarHeader.SHORT_NUMBER_BYTES, major);
            number(TarHeader.DEVICE_MINOR, TarHeader.SHORT_NUMBER_BYTES, minor);
        }

        /** The finished block. */
        byte[] block() {
            // Six digits, a NUL and a space, as every tar has it.
            TarNumber.putOctal(block, TarHeader.SUM, TarHeader.SHORT_NUMBER_BYTES - 1, TarHeader.sumOf(block, false));
            block[TarHeader.SUM + TarHeader.SHORT_NUMBER_BYTES - 1] = ' ';
            return block;
        }

        private void put(int start, byte[] bytes, int maxLength) {
            System.arraycopy(bytes, 0, block, start, Math.min(bytes.length, maxLength));
        }
    }
}
