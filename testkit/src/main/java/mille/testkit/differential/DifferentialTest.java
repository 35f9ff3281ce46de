package mille.testkit.differential;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import mille.testkit.Aspect;
import mille.testkit.OverlayDriver;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Plays random operations on the kernel's overlay and on another one with equal layers. Every answer must agree, errors too, and after each
 * run the unions, the uppers on the disk, and what the kernel makes of both.
 *
 * <p>System properties: {@code mille.differential.runs} (default 20), {@code .operations} of each run (400), {@code .seed} of the first run
 * (fresh; the following runs have the following numbers). A difference is reported with its seed and as the smallest scenario that shows one.
 */
public abstract class DifferentialTest {
    private static final int LOWERS = 3;
    private static final String PREFIX = "mille.differential.";

    /** For subclasses. */
    protected DifferentialTest() {}

    /** The overlay that is compared with the kernel's. */
    protected abstract OverlayDriver driver();

    /** Sets of options, as the kernel spells them, separated by commas. Each is given to both overlays and played by itself. */
    protected abstract List<String> optionSets();

    @TestFactory
    Stream<DynamicTest> answersAndTreesAgreeWithTheKernels() {
        long first = Long.getLong(PREFIX + "seed", ThreadLocalRandom.current().nextLong(1_000_000_000L));
        return optionSets().stream()
                .map(options -> DynamicTest.dynamicTest(options, () -> play(List.of(options.split(",", -1)), first)));
    }

    /** With {@code metacopy=on} the kernel stamps a file when its data follows its metadata, which opening it should not do. */
    private static Set<Aspect> comparable(List<String> options) {
        return options.contains("metacopy=on") ? Aspect.allBut(Aspect.MODIFIED) : Aspect.ALL;
    }

    /**
     * With an index, a file that has several names is copied up once. Which of its names follow depends on the name by which it was opened,
     * and that a file server isn't told.
     */
    private static Match.Scope scope(List<String> options) {
        return options.contains("index=on") ? Match.Scope.UNIONS : Match.Scope.UNIONS_AND_UPPERS;
    }

    private void play(List<String> options, long first) throws IOException {
        int runs = Integer.getInteger(PREFIX + "runs", 20);
        int operations = Integer.getInteger(PREFIX + "operations", 400);
        System.out.printf(
                "%s %s: %d runs of %d operations, -D%sseed=%d%n",
                getClass().getSimpleName(), options, runs, operations, PREFIX, first);
        Match match = new Match(
                new Contestant.Entry("kernel", OverlayDriver.KERNEL, options),
                new Contestant.Entry("other", driver(), options),
                comparable(options),
                scope(options));
        for (long seed = first; seed < first + runs; seed++) {
            Scenario scenario = Scenario.random(seed, LOWERS, operations);
            Optional<String> difference = match.play(scenario);
            if (difference.isPresent()) {
                Scenario smallest = match.shrink(scenario);
                throw new AssertionError("-D" + PREFIX + "seed=" + seed + " with " + options + "\n" + difference.get()
                        + "\nThe smallest scenario found that differs:\n" + smallest
                        + match.play(smallest).orElse("(not this time)"));
            }
        }
    }
}
