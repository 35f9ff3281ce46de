package mille.oci.tar;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One entry of a tar: what it is called, what it is, and its metadata.
 *
 * @param name as it stands in the tar: maybe with a leading {@code ./} or {@code /}, or worse; {@link EntryPath} judges it
 * @param mode the twelve permission bits
 * @param uid up to 2^32-2
 * @param gid up to 2^32-2
 * @param modified to the nanosecond
 * @param xattrs by full name ({@code security.capability}), values with any bytes
 */
public record TarEntry(
        ByteString name,
        TarContent content,
        int mode,
        long uid,
        long gid,
        Instant modified,
        SortedMap<ByteString, ByteString> xattrs) {
    /** The kernel's {@code -1} means "nobody said". */
    private static final long MAX_ID = 0xFFFF_FFFEL;

    private static final int MAX_MAJOR = (1 << 12) - 1;
    private static final int MAX_MINOR = (1 << 20) - 1;

    public TarEntry {
        checkName(name, "name");
        if ((mode & ~07777) != 0) {
            throw new IllegalArgumentException("mode out of range");
        }
        if (uid < 0 || uid > MAX_ID || gid < 0 || gid > MAX_ID) {
            throw new IllegalArgumentException("user or group ID out of range");
        }
        for (ByteString attribute : xattrs.keySet()) {
            checkName(attribute, "attribute name");
        }
        xattrs = Collections.unmodifiableSortedMap(new TreeMap<>(xattrs));
    }

    /** Owned by root, modified at the epoch, without attributes. */
    public static TarEntry of(ByteString name, TarContent content, int mode) {
        return new TarEntry(name, content, mode, 0, 0, Instant.EPOCH, Collections.emptySortedMap());
    }

    public TarEntry withOwner(long otherUid, long otherGid) {
        return new TarEntry(name, content, mode, otherUid, otherGid, modified, xattrs);
    }

    public TarEntry withModified(Instant other) {
        return new TarEntry(name, content, mode, uid, gid, other, xattrs);
    }

    public TarEntry withXattrs(SortedMap<ByteString, ByteString> other) {
        return new TarEntry(name, content, mode, uid, gid, modified, other);
    }

    /** How many bytes follow the entry's header as its data: 0 for all but files. */
    public long storedBytes() {
        return content instanceof TarContent.File file ? file.storedBytes() : 0;
    }

    static void checkName(ByteString name, String what) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("its " + what + " is empty");
        }
        if (name.contains(0)) {
            throw new IllegalArgumentException("its " + what + " contains NUL");
        }
    }

    static void checkDevice(int major, int minor) {
        if (major < 0 || major > MAX_MAJOR || minor < 0 || minor > MAX_MINOR) {
            throw new IllegalArgumentException("device number out of range");
        }
    }
}
