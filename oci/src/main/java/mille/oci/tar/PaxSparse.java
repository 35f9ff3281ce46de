package mille.oci.tar;

import java.util.ArrayList;
import java.util.List;

/**
 * Sparse files in PAX tars (GNU tar manual, "Storing Sparse Files"): 0.0 repeats records, 0.1 has the map in one record, 1.0 has it before
 * the data.
 */
enum PaxSparse {
    NONE,
    /** 0.0 and 0.1: the map is among the records. */
    MAP_IN_RECORDS,
    /** 1.0: the map is decimal numbers, one a line, filled up to a block with NULs. */
    MAP_IN_DATA;

    /** More extents than any real file has; a map is held in memory. */
    static final int MAX_EXTENTS = 1 << 20;

    static PaxSparse of(PaxRecords records) throws MalformedTar {
        if (!records.hasAnyOf(PaxRecords.SPARSE)) {
            return NONE;
        }
        if (!records.has(PaxRecords.SPARSE_MAJOR)) {
            return records.has(PaxRecords.SPARSE_SIZE) ? MAP_IN_RECORDS : NONE;
        }
        long major = records.number(PaxRecords.SPARSE_MAJOR, 0);
        long minor = records.number(PaxRecords.SPARSE_MINOR, 0);
        if (major == 1 && minor == 0) {
            return MAP_IN_DATA;
        }
        if (major == 0 && minor <= 1) {
            return MAP_IN_RECORDS;
        }
        throw new MalformedTar("its sparse format is " + major + "." + minor + ", which nobody knows");
    }

    /** The map of format 0.0 or 0.1. */
    static List<Extent> mapOf(PaxRecords records) throws MalformedTar {
        String map = records.text(PaxRecords.SPARSE_MAP);
        if (map == null) {
            return records.repeatedExtents();
        }
        List<Extent> extents = new ArrayList<>();
        int at = 0;
        while (at <= map.length()) {
            int middle = map.indexOf(',', at);
            if (middle < 0) {
                throw new MalformedTar("its sparse map has an offset without a length");
            }
            int end = map.indexOf(',', middle + 1);
            end = end < 0 ? map.length() : end;
            extents.add(new Extent(
                    TarNumber.decimal(map.substring(at, middle)), TarNumber.decimal(map.substring(middle + 1, end))));
            at = end + 1;
        }
        return extents;
    }

    /** Reads the map of format 1.0 as its bytes come in, block by block. */
    static final class MapParser {
        private final List<Extent> extents = new ArrayList<>();
        private long number;
        private int digits;
        private long extentsLeft = -1; // not known before the first line
        private long offset = -1; // not known before the extent's first line

        /**
         * Takes one block.
         *
         * @return whether the map is complete; the rest of the block is filling
         */
        boolean feed(byte[] block) throws MalformedTar {
            for (byte b : block) {
                if (b >= '0' && b <= '9') {
                    if (++digits > 18) {
                        throw new MalformedTar("a number of its sparse map is too large");
                    }
                    number = number * 10 + (b - '0');
                } else if (b == '\n' && digits > 0) {
                    take(number);
                    number = 0;
                    digits = 0;
                    if (extentsLeft == 0) {
                        return true;
                    }
                } else {
                    throw new MalformedTar("its sparse map isn't made of numbers");
                }
            }
            return false;
        }

        private void take(long value) throws MalformedTar {
            if (extentsLeft < 0) {
                if (value > MAX_EXTENTS) {
                    throw new MalformedTar("its sparse map is too large");
                }
                extentsLeft = value;
            } else if (offset < 0) {
                offset = value;
            } else {
                extents.add(new Extent(offset, value));
                offset = -1;
                extentsLeft--;
            }
        }

        List<Extent> extents() {
            return extents;
        }
    }
}
