package mille.oci.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of a PAX extended header (POSIX pax, "pax Extended Header"): {@code LENGTH KEY=VALUE\n} each, where the length counts
 * itself and the value has any bytes.
 */
final class PaxRecords {
    static final String PATH = "path";
    static final String LINK_PATH = "linkpath";
    static final String SIZE = "size";
    static final String UID = "uid";
    static final String GID = "gid";
    static final String MODIFIED = "mtime";
    static final String XATTR = "SCHILY.xattr.";
    static final String SPARSE = "GNU.sparse.";
    static final String SPARSE_MAJOR = "GNU.sparse.major";
    static final String SPARSE_MINOR = "GNU.sparse.minor";
    static final String SPARSE_NAME = "GNU.sparse.name";
    static final String SPARSE_MAP = "GNU.sparse.map";
    static final String SPARSE_SIZE = "GNU.sparse.size";
    static final String SPARSE_REAL_SIZE = "GNU.sparse.realsize";
    private static final String SPARSE_OFFSET = "GNU.sparse.offset";
    private static final String SPARSE_LENGTH = "GNU.sparse.numbytes";

    /** No records: what an entry without an extended header has. */
    static final PaxRecords NONE = new PaxRecords(Map.of(), List.of());

    private final Map<ByteString, ByteString> values;
    private final List<Extent> repeatedExtents;

    private PaxRecords(Map<ByteString, ByteString> values, List<Extent> repeatedExtents) {
        this.values = values;
        this.repeatedExtents = repeatedExtents;
    }

    static PaxRecords parse(byte[] bytes) throws MalformedTar {
        Map<ByteString, ByteString> values = new LinkedHashMap<>();
        List<Extent> extents = new ArrayList<>();
        ByteString sparseOffset = null;
        int at = 0;
        while (at < bytes.length) {
            int end = at + recordLength(bytes, at);
            int space = indexOf(bytes, ' ', at, end);
            int equals = indexOf(bytes, '=', space + 1, end);
            if (bytes[end - 1] != '\n' || equals < 0 || equals == space + 1) {
                throw new MalformedTar("a PAX record has no key, no value or no end");
            }
            ByteString key = slice(bytes, space + 1, equals);
            ByteString value = slice(bytes, equals + 1, end - 1);
            // Sparse format 0.0 repeats these two, always as a pair.
            if (key.equals(ByteString.of(SPARSE_OFFSET))) {
                sparseOffset = value;
            } else if (key.equals(ByteString.of(SPARSE_LENGTH))) {
                if (sparseOffset == null) {
                    throw new MalformedTar("a sparse extent has no offset");
                }
                extents.add(new Extent(decimal(sparseOffset), decimal(value)));
                sparseOffset = null;
            } else {
                values.put(key, value);
            }
            at = end;
        }
        return new PaxRecords(values, extents);
    }

    private static int recordLength(byte[] bytes, int at) throws MalformedTar {
        int length = 0;
        int digit = at;
        while (digit < bytes.length && digit - at < 8 && bytes[digit] >= '0' && bytes[digit] <= '9') {
            length = length * 10 + (bytes[digit] - '0');
            digit++;
        }
        // At least the digits, a space, a key of one character, '=' and a line feed.
        if (digit == at || digit >= bytes.length || bytes[digit] != ' ' || length < digit - at + 4) {
            throw new MalformedTar("a PAX record has no length");
        }
        if (length > bytes.length - at) {
            throw new MalformedTar("a PAX record is longer than its header");
        }
        return length;
    }

    /** These records with others of an earlier global header behind them. */
    PaxRecords over(PaxRecords earlier) {
        if (earlier.values.isEmpty()) {
            return this;
        }
        Map<ByteString, ByteString> merged = new LinkedHashMap<>(earlier.values);
        merged.putAll(values);
        return new PaxRecords(merged, repeatedExtents);
    }

    /** How many bytes keys and values have. */
    long weightBytes() {
        long weight = 0;
        for (var record : values.entrySet()) {
            weight += record.getKey().length() + record.getValue().length();
        }
        return weight;
    }

    /** The value's bytes; {@code null} where it is missing or empty, which both mean "as the header says". */
    @Nullable
    ByteString bytes(String key) {
        ByteString value = values.get(ByteString.of(key));
        return value == null || value.isEmpty() ? null : value;
    }

    @Nullable
    String text(String key) {
        ByteString value = bytes(key);
        return value == null ? null : new String(value.bytes(), StandardCharsets.UTF_8);
    }

    /** A whole number that isn't negative, {@code ifMissing} where it is missing. */
    long number(String key, long ifMissing) throws MalformedTar {
        ByteString value = bytes(key);
        return value == null ? ifMissing : decimal(value);
    }

    boolean has(String key) {
        return bytes(key) != null;
    }

    boolean hasAnyOf(String prefix) {
        return !repeatedExtents.isEmpty() || values.keySet().stream().anyMatch(key -> key.startsWith(prefix));
    }

    /** The extents of sparse format 0.0. */
    List<Extent> repeatedExtents() {
        return repeatedExtents;
    }

    SortedMap<ByteString, ByteString> xattrs() {
        SortedMap<ByteString, ByteString> xattrs = new TreeMap<>();
        for (var record : values.entrySet()) {
            ByteString key = record.getKey();
            if (key.startsWith(XATTR)) {
                xattrs.put(unescape(key.slice(XATTR.length(), key.length())), record.getValue());
            }
        }
        return xattrs;
    }

    /** GNU tar writes {@code =} and {@code %} of an attribute's name as {@code %3D} and {@code %25}: a key ends at the first {@code =}. */
    private static ByteString unescape(ByteString name) {
        byte[] bytes = name.bytes();
        ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == '%' && at + 2 < bytes.length && bytes[at + 1] == '3' && bytes[at + 2] == 'D') {
                plain.write('=');
                at += 2;
            } else if (bytes[at] == '%' && at + 2 < bytes.length && bytes[at + 1] == '2' && bytes[at + 2] == '5') {
                plain.write('%');
                at += 2;
            } else {
                plain.write(bytes[at]);
            }
        }
        return ByteString.of(plain.toByteArray());
    }

    /** The record's key for an attribute. */
    static ByteString xattrKey(ByteString name) {
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        key.writeBytes(XATTR.getBytes(StandardCharsets.US_ASCII));
        for (byte b : name.bytes()) {
            switch (b) {
                case '=' -> key.writeBytes(new byte[] {'%', '3', 'D'});
                case '%' -> key.writeBytes(new byte[] {'%', '2', '5'});
                default -> key.write(b);
            }
        }
        return ByteString.of(key.toByteArray());
    }

    /** The bytes of an extended header with these records, in the map's order. */
    static byte[] format(SortedMap<ByteString, ByteString> records) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (var record : records.entrySet()) {
            int rest = record.getKey().length() + record.getValue().length() + 3; // space, '=' and line feed
            int length = rest + Integer.toString(rest).length();
            if (Integer.toString(length).length() > Integer.toString(rest).length()) {
                length = rest + Integer.toString(length).length(); // the length's own digits made it one digit longer
            }
            out.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(record.getKey().bytes());
            out.write('=');
            out.writeBytes(record.getValue().bytes());
            out.write('\n');
        }
        return out.toByteArray();
    }

    private static long decimal(ByteString value) throws MalformedTar {
        return TarNumber.decimal(new String(value.bytes(), StandardCharsets.ISO_8859_1));
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int end) {
        for (int at = from; at < end; at++) {
            if (bytes[at] == wanted) {
                return at;
            }
        }
        return -1;
    }

    private static ByteString slice(byte[] bytes, int start, int end) {
        return ByteString.of(bytes).slice(start, end);
    }
}
