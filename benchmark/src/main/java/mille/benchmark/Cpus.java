package mille.benchmark;

import java.util.List;

/** Where a server and its load may run. */
enum Cpus {
    ALL,
    /** Both on the last one; the first handles most interrupts. */
    ONE;

    /** What a command begins with to run there. */
    List<String> prefix() {
        return switch (this) {
            case ALL -> List.of();
            case ONE ->
                List.of(
                        "taskset",
                        "--cpu-list",
                        Integer.toString(Runtime.getRuntime().availableProcessors() - 1));
        };
    }
}
