package mille.oci.blob;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Gunzips (RFC 1952) any number of members, one after the other, checking each one's sum and size. Zeros after the last are filling.
 *
 * <p>The JDK's own stream takes "nothing available right now" for the end: between two members a slow network would cut a layer short.
 */
final class GzipInputStream extends InputStream {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 sum = new CRC32();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;
    private State state = State.BEFORE_FIRST;

    private enum State {
        BEFORE_FIRST,
        IN_MEMBER,
        ENDED
    }

    GzipInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (state != State.ENDED) {
            if (state == State.BEFORE_FIRST) {
                readHeader(nextByte());
            }
            int count = inflate(target, offset, length);
            if (count > 0) {
                sum.update(target, offset, count);
                return count;
            }
            if (inflater.finished()) {
                endMember();
            }
        }
        return -1;
    }

    /** Decompresses some bytes; 0 where the member ended. */
    private int inflate(byte[] target, int offset, int length) throws IOException {
        try {
            while (true) {
                int count = inflater.inflate(target, offset, length);
                if (count > 0 || inflater.finished()) {
                    return count;
                }
                if (inflater.needsDictionary()) {
                    throw new IOException("malformed gzip: it needs a dictionary");
                }
                if (start == end) {
                    fill();
                }
                inflater.setInput(buffer, start, end - start);
                start = end;
            }
        } catch (DataFormatException e) {
            throw new IOException("malformed gzip: " + e.getMessage(), e);
        }
    }

    private void endMember() throws IOException {
        start = end - inflater.getRemaining();
        long sizeModulo = inflater.getBytesWritten() & 0xffff_ffffL;
        if (fourBytes() != sum.getValue() || fourBytes() != sizeModulo) {
            throw new IOException("malformed gzip: its checksum is wrong");
        }
        int next = optionalByte();
        while (next == 0) {
            next = optionalByte();
        }
        if (next < 0) {
            state = State.ENDED;
            return;
        }
        readHeader(next);
    }

    private void readHeader(int first) throws IOException {
        if (first != 0x1f || nextByte() != 0x8b || nextByte() != 8) {
            throw new IOException("malformed gzip: no member where one should begin");
        }
        int flags = nextByte();
        if ((flags & RESERVED) != 0) {
            throw new IOException("malformed gzip: reserved flags are set");
        }
        skip(6); // time, level, operating system
        if ((flags & EXTRA) != 0) {
            int low = nextByte();
            skip(low | nextByte() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
        inflater.reset();
        inflater.setInput(buffer, start, end - start);
        start = end;
        sum.reset();
        state = State.IN_MEMBER;
    }

    private long fourBytes() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            value |= (long) nextByte() << shift;
        }
        return value;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            nextByte();
        }
    }

    private void skipText() throws IOException {
        while (nextByte() != 0) {
            // up to the closing NUL
        }
    }

    private int nextByte() throws IOException {
        int next = optionalByte();
        if (next < 0) {
            throw new EOFException("malformed gzip: it ends too early");
        }
        return next;
    }

    private int optionalByte() throws IOException {
        if (start == end) {
            int count = in.read(buffer, 0, buffer.length);
            if (count < 0) {
                return -1;
            }
            start = 0;
            end = count;
        }
        return buffer[start++] & 0xff;
    }

    private void fill() throws IOException {
        int count = in.read(buffer, 0, buffer.length);
        if (count < 0) {
            throw new EOFException("malformed gzip: it ends too early");
        }
        start = 0;
        end = count;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        state = State.ENDED;
        in.close();
    }
}
