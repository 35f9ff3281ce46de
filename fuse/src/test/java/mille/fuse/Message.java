package mille.fuse;

import java.nio.charset.StandardCharsets;

/** A request as the kernel would write it, for tests of what no kernel of today sends. */
final class Message {
    static final long UNIQUE = 42;
    static final long NODE = 7;

    private final Exchange exchange;
    private int length = Wire.InHeader.BYTES;

    Message(Exchange exchange, int opcode) {
        this.exchange = exchange;
        exchange.inBuffer.clear(0, exchange.inBuffer.sizeBytes());
        exchange.inBuffer.putInt(Wire.InHeader.OPCODE, opcode);
        exchange.inBuffer.putLong(Wire.InHeader.UNIQUE, UNIQUE);
        exchange.inBuffer.putLong(Wire.InHeader.NODEID, NODE);
    }

    Message with32(int... values) {
        for (int value : values) {
            exchange.inBuffer.putInt(length, value);
            length += 4;
        }
        return this;
    }

    Message with64(long... values) {
        for (long value : values) {
            exchange.inBuffer.putLong(length, value);
            length += 8;
        }
        return this;
    }

    Message withName(String name) {
        return withBytes((name + "\0").getBytes(StandardCharsets.ISO_8859_1));
    }

    Message withBytes(byte[] bytes) {
        exchange.inBuffer.putBytes(length, bytes, 0, bytes.length);
        length += bytes.length;
        return this;
    }

    /** Extensions begin here, padded to 8 bytes. */
    Message withGroups(int... groups) {
        length = (length + 7) & ~7;
        int bytes = (Wire.ExtHeader.BYTES + 4 + 4 * groups.length + 7) & ~7;
        int before = exchange.inBuffer.getInt(Wire.InHeader.TOTAL_EXTLEN);
        exchange.inBuffer.putInt(Wire.InHeader.TOTAL_EXTLEN, before + bytes / 8);
        int start = length;
        with32(bytes, Wire.Newer.EXT_GROUPS, groups.length).with32(groups);
        length = start + bytes;
        return this;
    }

    /** An extension that nobody knows. */
    Message withUnknownExtension() {
        length = (length + 7) & ~7;
        int before = exchange.inBuffer.getInt(Wire.InHeader.TOTAL_EXTLEN);
        exchange.inBuffer.putInt(Wire.InHeader.TOTAL_EXTLEN, before + 3);
        return with32(24, 99).with64(-1, -1);
    }

    int length() {
        exchange.inBuffer.putInt(Wire.InHeader.LEN, length);
        return length;
    }
}
