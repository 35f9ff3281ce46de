package mille.testkit.differential;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import mille.testkit.Aspect;
import mille.testkit.OverlayDriver;
import mille.testkit.TreeComparison;
import mille.testkit.TreeSnapshot;

/** Two contestants and the rules that they are compared by. */
record Match(Contestant.Entry one, Contestant.Entry other, Set<Aspect> aspects, Scope scope) {
    /** Where the two must agree. */
    enum Scope {
        /** In what users see. */
        UNIONS,
        /** Also in what lies in the uppers, name by name. */
        UNIONS_AND_UPPERS
    }

    /** Trials that shrinking may cost. */
    private static final int PATIENCE = 200;

    /**
     * Plays a scenario to its end or to the first answer that differs.
     *
     * @return what differs, for a person; empty where nothing does
     */
    Optional<String> play(Scenario scenario) throws IOException {
        try (Contestant left = new Contestant(one, scenario.lowers(), aspects);
                Contestant right = new Contestant(other, scenario.lowers(), aspects)) {
            int step = 0;
            for (Operation operation : scenario.operations()) {
                step++;
                String expected = left.play(operation);
                String actual = right.play(operation);
                if (!expected.equals(actual)) {
                    return Optional.of("step " + step + ", " + operation + "\n  " + one.name() + ": " + expected
                            + "\n  " + other.name() + ": " + actual);
                }
            }
            return compareTrees(left, right);
        }
    }

    private Optional<String> compareTrees(Contestant left, Contestant right) throws IOException {
        String report = compareUnions(left.merged(), right.merged());
        if (!report.isEmpty()) {
            return Optional.of("the unions differ (expected: " + one.name() + ")\n" + report);
        }
        left.unmount();
        right.unmount();
        report = switch (scope) {
            case UNIONS -> "";
            case UNIONS_AND_UPPERS ->
                TreeComparison.of(left.upper(), right.upper(), aspects).report();
        };
        if (!report.isEmpty()) {
            return Optional.of("the uppers differ (expected: " + one.name() + ")\n" + report);
        }
        report = left.changesOfLowers() + right.changesOfLowers();
        if (!report.isEmpty()) {
            return Optional.of("a lower has changed\n" + report);
        }
        report = compareUnions(left.mergedBy(OverlayDriver.KERNEL), right.mergedBy(OverlayDriver.KERNEL));
        return report.isEmpty()
                ? Optional.empty()
                : Optional.of("the kernel shows what they left differently (expected: " + one.name() + ")\n" + report);
    }

    private String compareUnions(TreeSnapshot expected, TreeSnapshot actual) {
        return switch (scope) {
            case UNIONS ->
                TreeComparison.of(Normal.withoutDirectoryLinks(expected), Normal.withoutDirectoryLinks(actual), aspects)
                        .report();
            case UNIONS_AND_UPPERS ->
                TreeComparison.of(expected, actual, aspects).report();
        };
    }

    /** A smaller scenario that still shows a difference, perhaps another one: operations first, then layers, are left out in pieces. */
    Scenario shrink(Scenario failing) throws IOException {
        int[] trials = {PATIENCE};
        Scenario smallest = failing;
        Scenario base = smallest;
        smallest = base.withOperations(shrink(base.operations(), base::withOperations, trials));
        for (int i = 0; i < smallest.lowers().size(); i++) {
            Scenario before = smallest;
            int index = i;
            smallest = before.withLower(
                    i, shrink(before.lowers().get(i), layer -> before.withLower(index, layer), trials));
        }
        return smallest;
    }

    private List<Operation> shrink(
            List<Operation> operations, Function<List<Operation>, Scenario> scenarioOf, int[] trials)
            throws IOException {
        List<Operation> kept = operations;
        for (int piece = Math.max(1, kept.size() / 2); piece >= 1; piece /= 2) {
            for (int at = Math.max(0, kept.size() - piece); at >= 0 && !kept.isEmpty(); at -= piece) {
                List<Operation> without = new ArrayList<>(kept);
                without.subList(at, Math.min(kept.size(), at + piece)).clear();
                if (trials[0]-- <= 0) {
                    return kept;
                }
                if (play(scenarioOf.apply(without)).isPresent()) {
                    kept = without;
                }
            }
        }
        return kept;
    }
}
