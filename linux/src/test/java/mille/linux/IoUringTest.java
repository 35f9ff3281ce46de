package mille.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** With {@code /dev/null}, which takes any command and does nothing, and files that take none. */
final class IoUringTest {
    private final NativeBuffer places = NativeBuffer.allocate(16);

    @Test
    void whatCompletesSaysWhoseItIs() throws ErrnoException {
        try (IoUring ring = IoUring.open(4);
                Fd device = Fd.open(Path.of("/dev/null"), O.RDWR)) {
            ring.prepareCommand(device, 1, places, 7, 0, 0);
            ring.prepareCommand(device, 2, places, 1L << 40, 0, 0);
            assertEquals(0, ring.submit(2));
            for (long userData : new long[] {7, 1L << 40}) {
                assertTrue(ring.hasCompletion());
                assertEquals(userData, ring.userData());
                assertEquals(0, ring.result());
                ring.take();
            }
            assertFalse(ring.hasCompletion());
        }
    }

    @Test
    void aRingIsReusedAgainAndAgain() throws ErrnoException {
        try (IoUring ring = IoUring.open(2);
                Fd device = Fd.open(Path.of("/dev/null"), O.RDWR)) {
            for (int round = 0; round < 1000; round++) {
                ring.prepareCommand(device, 1, places, round, 0, 0);
                assertEquals(0, ring.submit(1));
                assertEquals(round, ring.userData());
                ring.take();
                assertFalse(ring.hasCompletion());
            }
        }
    }

    @Test
    void aFileThatTakesNoCommandsSaysSo() throws ErrnoException {
        try (IoUring ring = IoUring.open(1);
                Fd file = Fd.open(Path.of("/proc/self/status"), O.RDONLY)) {
            ring.prepareCommand(file, 1, places, 5, 0, 0);
            assertEquals(0, ring.submit(1));
            assertEquals(5, ring.userData());
            assertEquals(-Errno.EOPNOTSUPP.code(), ring.result());
        }
    }

    @Test
    void nothingIsWaitedForWhereNothingWasAsked() throws ErrnoException {
        try (IoUring ring = IoUring.open(1)) {
            assertEquals(0, ring.submit(0));
            assertFalse(ring.hasCompletion());
        }
    }
}
