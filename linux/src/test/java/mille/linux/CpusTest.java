package mille.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

final class CpusTest {
    @Test
    void theKernelsListsAreCounted() {
        assertEquals(1, Cpus.count("0"));
        assertEquals(2, Cpus.count("0-1"));
        assertEquals(7, Cpus.count("0-3,8,10-11"));
        assertEquals(240, Cpus.count("0-239"));
    }

    @Test
    void thereAreAtLeastAsManyAsWeMayUse() throws IOException {
        assertTrue(Cpus.possible() >= Runtime.getRuntime().availableProcessors());
    }

    @Test
    void aThreadStaysWhereItWasPutAndGoesNowhereElse() throws Exception {
        FutureTask<String> pinned = new FutureTask<>(() -> {
            int first = Integer.parseInt(allowed().split("[-,]", -1)[0]);
            assertFalse(Cpus.pin(100_000));
            assertTrue(Cpus.pin(first));
            assertEquals(Integer.toString(first), allowed());
            assertEquals(BitSet.valueOf(new long[] {1L << first}), Cpus.allowed());
            assertFalse(Cpus.pin(first + 1));
            return allowed().equals(Integer.toString(first)) ? "pinned" : allowed();
        });
        String before = allowed();
        Thread.ofPlatform().start(pinned);
        assertEquals("pinned", pinned.get());
        assertEquals(before, allowed());
    }

    /** The CPUs of the calling thread. */
    private static String allowed() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow();
    }
}
