package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When memory is given back; that the JVM's options make it so, {@code ./bench --nodes} shows. */
class FreedMemoryTest {
    private final AtomicInteger nodes = new AtomicInteger(1);
    private final AtomicInteger collections = new AtomicInteger();
    private final FreedMemory memory = new FreedMemory(nodes::get, collections::incrementAndGet);

    /** How many collections there were after a look at each of these counts of nodes. */
    private List<Integer> collectionsAt(int... counts) {
        return IntStream.of(counts)
                .mapToObj(count -> {
                    nodes.set(count);
                    memory.look();
                    return collections.get();
                })
                .toList();
    }

    @Test
    void itIsGivenBackOnceWhenTheCountHasFallenAndStoppedToFall() {
        assertEquals(List.of(0, 0, 0, 1, 1, 1), collectionsAt(1_000_000, 400_000, 1, 1, 1, 1));
    }

    @Test
    void itIsGivenBackAgainAfterEachTimeThatThereWereMany() {
        assertEquals(List.of(0, 0, 1, 1, 1, 2), collectionsAt(200_000, 10, 10, 200_000, 20, 20));
    }

    @Test
    void aCountThatHalvesStepByStepIsOneThatHasFallen() {
        assertEquals(List.of(0, 0, 0, 0, 0, 1), collectionsAt(400_000, 300_000, 300_000, 200_000, 190_000, 190_000));
    }

    @Test
    void fewNodesAreNotWorthIt() {
        assertEquals(List.of(0, 0, 0, 0), collectionsAt(50_000, 1, 1, 1));
    }

    @Test
    void neitherIsAFallOfLessThanHalf() {
        assertEquals(List.of(0, 0, 0), collectionsAt(1_000_000, 600_000, 600_000));
    }
}
