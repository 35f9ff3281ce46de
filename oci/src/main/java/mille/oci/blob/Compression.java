package mille.oci.blob;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/** How a layer is compressed. Its first bytes say so; media types are known to lie. */
public enum Compression {
    NONE,
    GZIP,
    ZSTD;

    private static final int HEAD_BYTES = 6;
    private static final int BUFFER_BYTES = 1 << 16;

    /**
     * Decompresses whatever comes; what isn't compressed comes out as it is. Closing the result closes {@code in}.
     *
     * @throws IOException here where the stream is compressed in a way that we don't know; from the result where it is malformed or ends
     *     too early
     */
    public static InputStream decompress(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
        return switch (detect(buffered)) {
            case NONE -> buffered;
            case GZIP -> new GzipInputStream(buffered);
            case ZSTD -> new ZstdInputStreamNoFinalizer(buffered);
        };
    }

    /**
     * Looks at the first bytes and steps back.
     *
     * @param in supports marks
     * @throws IOException where the stream is compressed in a way that we don't know
     */
    public static Compression detect(InputStream in) throws IOException {
        in.mark(HEAD_BYTES);
        byte[] head = in.readNBytes(HEAD_BYTES);
        in.reset();
        if (startsWith(head, 0x1f, 0x8b)) {
            return GZIP;
        }
        // A skippable frame may come first (zstd, RFC 8878, 3.1.2): sixteen magics.
        boolean skippable = head.length >= 4
                && (head[0] & 0xf0) == 0x50
                && (head[1] & 0xff) == 0x2a
                && (head[2] & 0xff) == 0x4d
                && (head[3] & 0xff) == 0x18;
        if (skippable || startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)) {
            return ZSTD;
        }
        if (startsWith(head, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            throw new IOException("compressed with xz, which is not supported: unpack it with xz -d first");
        }
        if (startsWith(head, 'B', 'Z', 'h')) {
            throw new IOException("compressed with bzip2, which is not supported: unpack it with bzip2 -d first");
        }
        return NONE;
    }

    /** Compresses; the same bytes in give the same bytes out. Closing the result ends the compressed stream and closes {@code out}. */
    public OutputStream compress(OutputStream out) throws IOException {
        return switch (this) {
            case NONE -> out;
            case GZIP -> new GZIPOutputStream(out, BUFFER_BYTES);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(out);
        };
    }

    private static boolean startsWith(byte[] head, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (i >= head.length || (head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
