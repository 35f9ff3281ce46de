package mille.oci.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import mille.oci.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    private static final byte[] TEXT =
            "some text that repeats itself, ".repeat(9000).getBytes(StandardCharsets.UTF_8);

    /** Gives a byte at a time and never says that one is there, as a slow network does. */
    private static InputStream trickling(byte[] bytes) {
        return new InputStream() {
            private int at;

            @Override
            public int read() {
                return at < bytes.length ? bytes[at++] & 0xff : -1;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                int next = read();
                if (next < 0) {
                    return -1;
                }
                buffer[offset] = (byte) next;
                return 1;
            }
        };
    }

    private static byte[] decompressed(byte[] bytes) throws IOException {
        try (InputStream in = Compression.decompress(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        }
    }

    private static byte[] compressed(Compression compression, byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressor = compression.compress(out)) {
            compressor.write(bytes);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void whatIsCompressedComesBack(Compression compression) throws IOException {
        byte[] bytes = compressed(compression, TEXT);

        assertArrayEquals(TEXT, decompressed(bytes));
        assertArrayEquals(TEXT, Compression.decompress(trickling(bytes)).readAllBytes());
        assertEquals(compression, Compression.detect(new ByteArrayInputStream(bytes)));
        assertArrayEquals(new byte[0], decompressed(compressed(compression, new byte[0])));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip -9", "gzip -1 --no-name", "zstd -q", "zstd -q -19 --no-check", "zstd -q --long=27"})
    void whatTheToolsCompressIsRead(String tool, @TempDir Path directory) throws IOException {
        Files.write(directory.resolve("text"), TEXT);
        Command.shell(directory, tool + " -c text > one; cat one one one > three");

        assertArrayEquals(TEXT, decompressed(Files.readAllBytes(directory.resolve("one"))));
        byte[] three = Files.readAllBytes(directory.resolve("three"));
        assertEquals(3 * TEXT.length, decompressed(three).length);
        assertEquals(3 * TEXT.length, Compression.decompress(trickling(three)).readAllBytes().length);
    }

    @Test
    void aZstdStreamMayBeginWithASkippableFrame() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'});
        out.writeBytes(compressed(Compression.ZSTD, TEXT));

        assertArrayEquals(TEXT, decompressed(out.toByteArray()));
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "ZSTD"})
    void aStreamThatIsCutAnywhereIsAnIOException(Compression compression) throws IOException {
        byte[] bytes = compressed(compression, Arrays.copyOf(TEXT, 500));
        for (int length = 6; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);

            assertThrows(IOException.class, () -> decompressed(cut), "cut at " + length);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "ZSTD"})
    void aBrokenStreamIsAnIOExceptionOrOtherBytes(Compression compression) throws IOException {
        byte[] random = new byte[3000];
        long seed = new Random().nextLong();
        Random dice = new Random(seed);
        dice.nextBytes(random);
        byte[] bytes = compressed(compression, random);
        for (int round = 0; round < 3000; round++) {
            byte[] broken = bytes.clone();
            broken[dice.nextInt(broken.length)] ^= (byte) (1 << dice.nextInt(8));
            try {
                decompressed(broken);
            } catch (IOException expected) {
                assertTrue(expected.getMessage() != null);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    @Test
    void aGzipWithAWrongSumIsRefused() throws IOException {
        byte[] bytes = compressed(Compression.GZIP, TEXT);
        bytes[bytes.length - 5] ^= 1;

        assertThrows(IOException.class, () -> decompressed(bytes));
    }

    @Test
    void zerosAfterAGzipAreFillingAndOtherBytesAreNot() throws IOException {
        byte[] bytes = compressed(Compression.GZIP, TEXT);
        byte[] filled = Arrays.copyOf(bytes, bytes.length + 100_000);

        assertArrayEquals(TEXT, decompressed(filled));
        filled[bytes.length + 70_000] = 7;
        assertThrows(IOException.class, () -> decompressed(filled));
    }

    @Test
    void xzAndBzip2AreNamedInTheRefusal(@TempDir Path directory) throws IOException {
        Files.write(directory.resolve("text"), TEXT);
        Command.shell(directory, "xz -k text; bzip2 -k text");

        var xz = assertThrows(IOException.class, () -> decompressed(Files.readAllBytes(directory.resolve("text.xz"))));
        var bzip2 =
                assertThrows(IOException.class, () -> decompressed(Files.readAllBytes(directory.resolve("text.bz2"))));

        assertTrue(String.valueOf(xz.getMessage()).contains("xz"));
        assertTrue(String.valueOf(bzip2.getMessage()).contains("bzip2"));
    }
}
