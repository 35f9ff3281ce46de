package mille.fuse;

import mille.linux.DirectoryReader;
import mille.linux.FileName;

/**
 * A directory's listing, as far as it fits: to READDIR and READDIRPLUS. An answer without an entry means that the listing is at its end.
 *
 * <p>Each entry carries the offset at which the one after it begins, any number that the file system chooses but 0; the next request names
 * it. Types are the {@code DT_*} values of {@link mille.linux.DirectoryReader}; {@code .} and {@code ..} are entries like others, first by
 * custom.
 */
public sealed class DirectoryReply extends Reply {
    private static final byte[] SELF = {'.'};
    private static final byte[] PARENT = {'.', '.'};

    /** The entry that READDIRPLUS puts before each record; 0 for READDIR. */
    private final int entryBytes;

    private int limit;

    DirectoryReply(Exchange exchange, int entryBytes) {
        super(exchange);
        this.entryBytes = entryBytes;
    }

    DirectoryReply(Exchange exchange) {
        this(exchange, 0);
    }

    /** An empty listing is an answer. */
    final void begin(int sizeBytes) {
        exchange.bodyBytes = 0;
        limit = Math.min(sizeBytes, exchange.bodyCapacity());
    }

    /**
     * @return false where there is no more room: this entry is the next request's first
     */
    public boolean add(FileName name, long inode, long nextOffset, int type) {
        return put(name.bytes(), inode, nextOffset, type) >= 0;
    }

    /** Adds {@code .}; as {@link #add}. */
    public boolean addSelf(long inode, long nextOffset) {
        return put(SELF, inode, nextOffset, DirectoryReader.DT_DIR) >= 0;
    }

    /** Adds {@code ..}; as {@link #add}. */
    public boolean addParent(long inode, long nextOffset) {
        return put(PARENT, inode, nextOffset, DirectoryReader.DT_DIR) >= 0;
    }

    final boolean hasRoom(int nameBytes) {
        return exchange.bodyBytes + entryBytes + Wire.align(Wire.Dirent.NAME + nameBytes) <= limit;
    }

    /** Where the record begins, or -1 where there is no room. With no entry to fill in, the node id before it is 0: no lookup. */
    final int put(byte[] name, long inode, long nextOffset, int type) {
        if (!hasRoom(name.length)) {
            return -1;
        }
        int start = exchange.bodyBytes;
        if (entryBytes > 0) {
            exchange.clear(start, entryBytes);
        }
        int at = start + entryBytes;
        int length = Wire.align(Wire.Dirent.NAME + name.length);
        exchange.putLong(at + length - 8L, 0); // the padding after the name
        exchange.putLong(at + Wire.Dirent.INO, inode);
        exchange.putLong(at + Wire.Dirent.OFF, nextOffset);
        exchange.putInt(at + Wire.Dirent.NAMELEN, name.length);
        exchange.putInt(at + Wire.Dirent.TYPE, type);
        exchange.putBytes(at + Wire.Dirent.NAME, name);
        exchange.bodyBytes = at + length;
        return start;
    }

    /** To READDIRPLUS: an entry may be looked up by the way. One that is only {@linkplain #add added} isn't. */
    public static final class Plus extends DirectoryReply {
        private final EntryFields entry;

        Plus(Exchange exchange) {
            super(exchange, Wire.EntryOut.BYTES);
            this.entry = new EntryFields(exchange);
        }

        /** Whether {@link #addNode} may be called: ask before the lookup is made, which has to be counted. */
        public boolean hasRoomFor(FileName name) {
            return hasRoom(name.bytes().length);
        }

        /**
         * Adds an entry with its node, which counts as a lookup.
         *
         * @return the node to fill in
         * @throws IllegalStateException where there is no room
         */
        public EntryFields addNode(FileName name, long inode, long nextOffset, int type) {
            int start = put(name.bytes(), inode, nextOffset, type);
            if (start < 0) {
                throw new IllegalStateException("no room for another entry");
            }
            return entry.at(start);
        }
    }
}
