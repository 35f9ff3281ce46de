package mille.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mille.testkit.Command;

/** One row, once, for one peer, on a mount of its own with an empty upper layer. Nothing of it is left when it has run. */
final class Trial {
    private static final Duration CLEANING_LIMIT = Duration.ofSeconds(30);

    private static final int LONGEST_REASON = 300;

    /** What a script says in place of a figure that this peer can't tell. */
    private static final String UNKNOWN = "-";

    private final Stack stack;
    private final Cpus cpus;
    private final Duration limit;
    private final boolean checking;

    Trial(Stack stack, Cpus cpus, Duration limit, boolean checking) {
        this.stack = stack;
        this.cpus = cpus;
        this.limit = limit;
        this.checking = checking;
    }

    Outcome run(Row row, Peer peer) throws IOException, InterruptedException {
        stack.renew();
        Path values = stack.directory().resolve("values");
        Path said = stack.directory().resolve("said");
        Files.deleteIfExists(values);
        List<String> command = new ArrayList<>(cpus.prefix());
        String script = Scripts.text("trial.sh") + Scripts.text("rows/" + row.script() + ".sh");
        command.addAll(List.of("bash", "-c", script, row.name()));
        command.addAll(peer.mountCommand(stack));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("MERGED", stack.merged().toString());
        builder.environment().put("UPPER", stack.upper().toString());
        builder.environment().put("LOWERS", stack.lowers().toString());
        builder.environment().put("VALUES", values.toString());
        builder.environment().put("CHECKING", checking ? "1" : "0");
        Process process = builder.start();
        try {
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                return new Outcome.Failed("still ran after " + limit.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                return new Outcome.Failed(inALine(said, "ended with " + process.exitValue()));
            }
            return read(row, values);
        } finally {
            clean(process);
        }
    }

    private static Outcome read(Row row, Path values) throws IOException {
        Map<String, Double> figures = new LinkedHashMap<>();
        Map<String, String> checks = new LinkedHashMap<>();
        Set<String> given = new HashSet<>();
        for (String line : Files.readAllLines(values)) {
            String[] words = line.split("\t", 3);
            switch (words[0]) {
                case "value" -> {
                    given.add(words[1]);
                    if (!words[2].equals(UNKNOWN)) {
                        figures.put(words[1], Double.valueOf(words[2]));
                    }
                }
                case "check" -> checks.put(words[1], words[2]);
                default -> throw new IOException("the script of " + row.name() + " said " + line);
            }
        }
        figures.keySet().retainAll(row.measures().keySet());
        if (!given.containsAll(row.measures().keySet())) {
            throw new IOException("the script of " + row.name() + " gave only " + given);
        }
        return new Outcome.Measured(figures, checks);
    }

    /** All of it in one line, up to a length that a table's footnote can bear. */
    private static String inALine(Path said, String otherwise) throws IOException {
        String line =
                Files.readString(said, StandardCharsets.ISO_8859_1).strip().replaceAll("\\s*\n\\s*", "; ");
        return line.isEmpty() ? otherwise : line.substring(0, Math.min(line.length(), LONGEST_REASON));
    }

    /** Ends what a trial that went wrong left. Killing a server ends whatever hangs in its mount. */
    private void clean(Process process) throws IOException, InterruptedException {
        started().forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
        for (Path mount : List.of(stack.merged().resolve("dev"), stack.merged())) {
            while (isMounted(mount)) {
                Command.attempt(CLEANING_LIMIT, "umount", "--lazy", mount.toString())
                        .orFail();
            }
        }
    }

    private static boolean isMounted(Path path) throws IOException {
        String target = " " + path + " ";
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)) {
            return mounts.anyMatch(line -> line.contains(target));
        }
    }

    /** What a trial started carries where it mounts in its environment, which children inherit. */
    private List<ProcessHandle> started() {
        String mark = "MERGED=" + stack.merged();
        return ProcessHandle.allProcesses()
                .filter(process -> environment(process).contains(mark))
                .toList();
    }

    private static List<String> environment(ProcessHandle process) {
        try {
            Path file = Path.of("/proc", Long.toString(process.pid()), "environ");
            return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\0", -1));
        } catch (IOException e) {
            return List.of(); // it has just ended
        }
    }
}
