package mille.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/** What one peer gave for one measure, round by round. */
final class Figures {
    private final List<Double> values = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    void fail(String why) {
        failures.add(why);
    }

    List<Double> values() {
        return Collections.unmodifiableList(values);
    }

    /** Why rounds failed, one entry each. */
    List<String> failures() {
        return Collections.unmodifiableList(failures);
    }

    /** Of an even number of rounds, the mean of the middle two; empty where a round failed or none ran. */
    OptionalDouble median() {
        if (values.isEmpty() || !failures.isEmpty()) {
            return OptionalDouble.empty();
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return OptionalDouble.of(
                sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
    }
}
