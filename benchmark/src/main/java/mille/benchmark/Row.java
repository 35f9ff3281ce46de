package mille.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A script that runs on a fresh mount, and the figures that it gives.
 *
 * @param name what {@code --rows} calls it
 * @param script the resource's name below {@code rows}, without its ending
 * @param measures the names under which it hands in its figures, in the order of the table, with their units
 */
record Row(String name, String script, Map<String, Unit> measures) {
    private static final List<Row> ALL = List.of(
            mount(),
            of("find", "find cold", "find warm"),
            of("tar", "tar cold", "tar warm"),
            of("two-tars", "two tars cold"),
            of("untar", "untar 10,000", "rm -rf 10,000"),
            of("cp", "cp -a usr/share"),
            of("chown", "chown -R usr/lib"),
            of("append", "append to 512 MB"),
            of("dd-read", "dd read 512 MB"),
            of("dd-write", "dd write 512 MB"),
            of("fio-read", "random read 4 KiB"),
            of("fio-write", "random write 4 KiB"),
            of("git", "git status cold", "git status warm"),
            of("start-up", "start-up cold", "start-up warm"),
            of("import", "python import"),
            of("apt", "apt-get install"));

    private static Row of(String name, String... measures) {
        Map<String, Unit> seconds = new LinkedHashMap<>();
        for (String measure : measures) {
            seconds.put(measure, Unit.SECONDS);
        }
        return new Row(name, name, seconds);
    }

    private static Row mount() {
        Map<String, Unit> measures = new LinkedHashMap<>();
        measures.put("mount", Unit.SECONDS);
        measures.put("idle, memory", Unit.MEBIBYTES);
        measures.put("idle, CPU", Unit.MILLISECONDS_PER_SECOND);
        return new Row("mount", "mount", measures);
    }

    static List<Row> all() {
        return ALL;
    }

    /** What is asked of a stack that is deep. */
    static List<Row> deep() {
        Map<String, Unit> measures = new LinkedHashMap<>();
        measures.put("mount", Unit.SECONDS);
        measures.put("find cold", Unit.SECONDS);
        measures.put("find warm", Unit.SECONDS);
        return List.of(new Row("find", "find", measures));
    }

    /** What many nodes cost, and whether it is given back when the kernel has forgotten them. */
    static List<Row> nodes() {
        Map<String, Unit> measures = new LinkedHashMap<>();
        measures.put("idle, memory", Unit.MEBIBYTES);
        measures.put("find", Unit.SECONDS);
        measures.put("nodes known", Unit.COUNT);
        measures.put("memory", Unit.MEBIBYTES);
        measures.put("most memory", Unit.MEBIBYTES);
        measures.put("nodes known, forgotten", Unit.COUNT);
        measures.put("memory, forgotten", Unit.MEBIBYTES);
        return List.of(new Row("nodes", "nodes", measures));
    }

    /**
     * Those of these names, in the order of the table.
     *
     * @throws IllegalArgumentException for a name that no row has
     */
    static List<Row> named(List<String> names) {
        List<Row> found = new ArrayList<>();
        TreeSet<String> unknown = new TreeSet<>(names);
        for (Row row : ALL) {
            if (unknown.remove(row.name)) {
                found.add(row);
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("no such row: " + String.join(", ", unknown) + "; there are "
                    + String.join(", ", ALL.stream().map(Row::name).toList()));
        }
        return found;
    }
}
