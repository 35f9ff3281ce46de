package mille.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ResultsTest {
    private static final Peer KERNEL = new Peer("kernel", Peer.Family.KERNEL, List.of("mount"));
    private static final Peer ONE = new Peer("fo-1.10", Peer.Family.FUSE_OVERLAYFS, List.of("one"));
    private static final Peer TWO = new Peer("fo-2.0", Peer.Family.FUSE_OVERLAYFS, List.of("two"));
    private static final Peer OURS = new Peer("mille", Peer.Family.MILLE, List.of("mille", "mount"));
    private static final Row FIND = new Row("find", "find", Map.of("find cold", Unit.SECONDS));

    private final Results results = new Results("On tmpfs", List.of(KERNEL, ONE, TWO, OURS));

    private void measured(Peer peer, double seconds) {
        results.add(FIND, "", peer, new Outcome.Measured(Map.of("find cold", seconds), Map.of("entries", "abc")));
    }

    @Test
    void theMedianOfAnOddNumberIsTheMiddleAndOfAnEvenOneTheMeanOfTwo() {
        Figures figures = new Figures();
        assertEquals(OptionalDouble.empty(), figures.median());
        figures.add(9);
        figures.add(1);
        figures.add(2);
        assertEquals(OptionalDouble.of(2), figures.median());
        figures.add(4);
        assertEquals(OptionalDouble.of(3), figures.median());
    }

    @Test
    void oneFailedRoundLeavesAPeerWithoutAMedian() {
        Figures figures = new Figures();
        figures.add(1);
        figures.fail("no space left");
        assertEquals(OptionalDouble.empty(), figures.median());
    }

    @Test
    void ratiosAreToTheKernelAndToTheBetterOfTheOthers() {
        measured(KERNEL, 0.1);
        measured(ONE, 0.8);
        measured(TWO, 0.4);
        measured(OURS, 0.2);
        Results.Line line = results.lines().getFirst();
        assertEquals(2.0, line.ratio(OURS, Peer.Family.KERNEL).orElseThrow(), 1e-9);
        assertEquals(0.5, line.ratio(OURS, Peer.Family.FUSE_OVERLAYFS).orElseThrow(), 1e-9);
        assertEquals("""
                On tmpfs

                              kernel  fo-1.10  fo-2.0  mille  mille/kernel  /best fo
                find cold  s   0.100    0.800   0.400  0.200          2.00      0.50
                """, Report.text(results));
    }

    @Test
    void whoFailsIsNamedAndTheOthersAreStillCompared() {
        measured(KERNEL, 0.1);
        results.add(FIND, "", ONE, new Outcome.Failed("no such device"));
        measured(TWO, 0.4);
        measured(OURS, 0.2);
        assertTrue(Report.text(results).contains("find cold  s   0.100   failed   0.400  0.200"), Report.text(results));
        assertEquals(List.of("find, fo-1.10: no such device"), results.notes());
    }

    @Test
    void whoShowsSomethingElseThanTheFirstPeerHasFailed() {
        measured(KERNEL, 0.1);
        results.add(FIND, "", OURS, new Outcome.Measured(Map.of("find cold", 0.001), Map.of("entries", "nothing")));
        assertEquals(List.of("find, mille: its entries are not those that kernel shows"), results.notes());
        assertEquals(OptionalDouble.empty(), results.lines().getFirst().median(OURS));
    }

    @Test
    void theJsonHoldsEachRoundAndTheMachine() {
        measured(KERNEL, 0.1);
        measured(OURS, 0.3);
        measured(OURS, 0.2);
        measured(OURS, 0.4);
        JsonObject json = JsonParser.parseString(Report.json(Map.of("kernel", "Linux"), List.of(results)))
                .getAsJsonObject();
        assertEquals("Linux", json.getAsJsonObject("machine").get("kernel").getAsString());
        JsonObject ours = json.getAsJsonArray("tables")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("rows")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("peers")
                .getAsJsonObject("mille");
        assertEquals("[0.3,0.2,0.4]", ours.get("rounds").toString());
        assertEquals(0.3, ours.get("median").getAsDouble());
        assertEquals(3.0, ours.get("toKernel").getAsDouble(), 1e-9);
    }
}
