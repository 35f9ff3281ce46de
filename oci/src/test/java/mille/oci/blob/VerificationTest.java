package mille.oci.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import mille.oci.Descriptor;
import mille.oci.Digest;
import mille.oci.MediaType;
import org.junit.jupiter.api.Test;

class VerificationTest {
    private static final byte[] BLOB = "the bytes of a blob".getBytes(StandardCharsets.UTF_8);
    private static final Descriptor DESCRIPTOR = Descriptor.of(MediaType.OCI_LAYER, BLOB);

    private static VerifyingInputStream serving(byte[] bytes) {
        return new VerifyingInputStream(new ByteArrayInputStream(bytes), DESCRIPTOR);
    }

    @Test
    void theRightBytesPass() throws IOException {
        var in = serving(BLOB);

        assertArrayEquals(BLOB, in.readAllBytes());
        assertEquals(-1, in.read());
    }

    @Test
    void otherBytesFailAtTheEnd() throws IOException {
        byte[] other = BLOB.clone();
        other[3] ^= 1;
        var in = serving(other);

        assertArrayEquals(other, in.readNBytes(BLOB.length));
        var failure = assertThrows(BlobMismatchException.class, in::read);
        assertTrue(
                String.valueOf(failure.getMessage()).contains(Digest.of(other).toString()), failure.getMessage());
        assertThrows(BlobMismatchException.class, in::read);
    }

    @Test
    void tooFewBytesFailAtTheEnd() {
        assertThrows(
                BlobMismatchException.class,
                () -> serving(Arrays.copyOf(BLOB, 5)).drain());
        assertThrows(BlobMismatchException.class, () -> serving(new byte[0]).drain());
    }

    @Test
    void tooManyBytesFailAtOnce() {
        byte[] endless = Arrays.copyOf(BLOB, 1 << 20);
        var source = new ByteArrayInputStream(endless);
        var in = new VerifyingInputStream(source, DESCRIPTOR);

        assertThrows(BlobMismatchException.class, () -> in.readNBytes(BLOB.length + 1));
        assertTrue(source.available() > endless.length - 2 * BLOB.length);
    }

    @Test
    void skippedBytesAreVerifiedToo() throws IOException {
        var in = serving(BLOB);

        in.skipNBytes(BLOB.length - 1);
        assertEquals('b', in.read());
        assertEquals(-1, in.read());
    }

    @Test
    void aSha512IsVerifiedAsOne() throws IOException {
        Digest digest = Digest.of(Digest.Algorithm.SHA512, BLOB);

        new VerifyingInputStream(
                        new ByteArrayInputStream(BLOB), new Descriptor(MediaType.OCI_LAYER, digest, BLOB.length))
                .drain();
    }

    @Test
    void aMeasureCoversWhatWasDrained() throws IOException {
        var in = new MeasuringInputStream(new ByteArrayInputStream(BLOB), Digest.Algorithm.SHA256);

        assertEquals('t', in.read());
        in.drain();

        assertEquals(DESCRIPTOR.digest(), in.digest());
        assertEquals(BLOB.length, in.sizeBytes());
    }
}
