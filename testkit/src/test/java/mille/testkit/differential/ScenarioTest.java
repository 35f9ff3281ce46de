package mille.testkit.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mille.testkit.Aspect;
import mille.testkit.OverlayDriver;
import org.junit.jupiter.api.Test;

/** The comparison is worth something: its operations do things, and it sees what two overlays do differently. */
final class ScenarioTest {
    private static final long SEED = 20_261_123;
    private static final List<String> PLAIN = List.of("index=off", "redirect_dir=off", "metacopy=off");

    private static Match kernelAgainst(String... options) {
        return new Match(
                new Contestant.Entry("kernel", OverlayDriver.KERNEL, PLAIN),
                new Contestant.Entry("other", OverlayDriver.KERNEL, List.of(options)),
                Aspect.ALL,
                Match.Scope.UNIONS_AND_UPPERS);
    }

    @Test
    void aSeedAlwaysStandsForTheSameScenario() {
        assertEquals(Scenario.random(SEED, 3, 200), Scenario.random(SEED, 3, 200));
        assertNotEquals(Scenario.random(SEED, 3, 200), Scenario.random(SEED + 1, 3, 200));
    }

    @Test
    void manyOperationsSucceedAndTheOthersFailInManyWays() throws IOException {
        Map<String, Integer> answers = new TreeMap<>();
        Map<String, Integer> successes = new TreeMap<>();
        int count = 0;
        for (int run = 0; run < 5; run++) {
            Scenario scenario = Scenario.random(SEED + run, 3, 400);
            try (Contestant kernel = new Contestant(
                    new Contestant.Entry("kernel", OverlayDriver.KERNEL, PLAIN), scenario.lowers(), Aspect.ALL)) {
                for (Operation operation : scenario.operations()) {
                    String answer = kernel.play(operation);
                    boolean failed = answer.matches("E[A-Z0-9]+");
                    answers.merge(failed ? answer : "success", 1, Integer::sum);
                    if (!failed) {
                        successes.merge(operation.getClass().getSimpleName(), 1, Integer::sum);
                    }
                    count++;
                }
            }
        }
        int succeeded = answers.getOrDefault("success", 0);
        assertTrue(succeeded * 4 > count, () -> "too few succeed: " + answers);
        assertTrue(
                answers.keySet()
                        .containsAll(Set.of(
                                "EACCES",
                                "EEXIST",
                                "EISDIR",
                                "ENODATA",
                                "ENOENT",
                                "ENOTDIR",
                                "ENOTEMPTY",
                                "EPERM",
                                "EXDEV")),
                answers::toString);
        Set<String> kinds = Arrays.stream(Operation.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());
        assertEquals(new TreeSet<>(kinds), successes.keySet());
    }

    @Test
    void aDifferenceInWhatRenamesMayIsFoundAndReducedToAFewOperations() throws IOException {
        Match unequal = kernelAgainst("index=off", "redirect_dir=on", "metacopy=off");
        Scenario scenario = Scenario.random(SEED, 3, 300);
        String difference = unequal.play(scenario).orElseThrow();
        assertTrue(difference.contains("EXDEV"), difference);
        Scenario smallest = unequal.shrink(scenario);
        assertTrue(unequal.play(smallest).isPresent());
        assertEquals(1, smallest.operations().size(), smallest::toString);
        int layers = smallest.lowers().stream().mapToInt(List::size).sum();
        assertTrue(layers <= 3, smallest::toString);
    }

    @Test
    void aDifferenceThatOnlyTheDiskShowsIsFound() throws IOException {
        Match unequal = kernelAgainst("index=off", "redirect_dir=on", "metacopy=on");
        String difference = unequal.play(new Scenario(
                        List.of(List.of(new Operation.Create("a", 0644, true, "content"))),
                        List.of(new Operation.ChangeMode("a", 0600))))
                .orElseThrow();
        assertTrue(difference.contains("uppers differ"), difference);
        assertTrue(difference.contains("trusted.overlay.metacopy"), difference);
    }

    @Test
    void aspectsThatAreLeftOutAreNotCompared() throws IOException {
        Match unequal = new Match(
                new Contestant.Entry("kernel", OverlayDriver.KERNEL, PLAIN),
                new Contestant.Entry(
                        "other", OverlayDriver.KERNEL, List.of("index=off", "redirect_dir=on", "metacopy=on")),
                EnumSet.of(Aspect.TYPE, Aspect.MODE),
                Match.Scope.UNIONS_AND_UPPERS);
        assertTrue(unequal.play(new Scenario(
                        List.of(List.of(new Operation.Create("a", 0644, true, "content"))),
                        List.of(new Operation.ChangeMode("a", 0600))))
                .isEmpty());
    }
}
