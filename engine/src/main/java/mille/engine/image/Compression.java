package mille.engine.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** How a layer's tar is packed for travel, told by its first bytes as Docker does: media types are often wrong about it. */
final class Compression {
    private static final int BUFFER_BYTES = 1 << 16;

    private Compression() {}

    /** The bytes that were packed. */
    static InputStream decompressed(InputStream packed) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(packed, BUFFER_BYTES);
        buffered.mark(4);
        byte[] start = buffered.readNBytes(4);
        buffered.reset();
        boolean gzip = start.length > 1 && start[0] == 0x1f && start[1] == (byte) 0x8b;
        return gzip ? new GZIPInputStream(buffered, BUFFER_BYTES) : buffered;
    }
}
