package mille.engine.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.function.LongConsumer;

/** Tells how much has been read, every now and then and at the end; ends with an exception when its thread is interrupted. */
final class CountedStream extends FilterInputStream {
    /** Often enough for a progress bar. */
    private static final long STRIDE_BYTES = 256 << 10;

    private final LongConsumer listener;
    private long doneBytes;
    private long toldBytes;

    CountedStream(InputStream in, LongConsumer listener) {
        super(in);
        this.listener = listener;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted");
        }
        int count = super.read(bytes, offset, length);
        if (count > 0) {
            doneBytes += count;
        }
        if (doneBytes - toldBytes >= STRIDE_BYTES || (count < 0 && doneBytes > toldBytes)) {
            toldBytes = doneBytes;
            listener.accept(doneBytes);
        }
        return count;
    }

    /** By reading: what is skipped counts too. */
    @Override
    public long skip(long count) throws IOException {
        byte[] bytes = new byte[(int) Math.max(0, Math.min(count, 1 << 16))];
        return Math.max(0, read(bytes, 0, bytes.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
