package mille.benchmark;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import mille.testkit.DebianRoot;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./bench}; the launcher gives it namespaces of its own. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measure our overlay beside the kernel's and fuse-overlayfs, on the same layers.",
        footer = {
            "",
            "Rows: mount, find, tar, two-tars, untar, cp, chown, append, dd-read, dd-write, fio-read, fio-write, git, "
                    + "start-up, import, apt.",
            "Peers: kernel, kernel-volatile, fo-1.10, fo-2.0, mille, mille-volatile, and what --mille adds."
        })
final class Bench implements Callable<Integer> {
    /** The exit code that a shell gives to what SIGINT ended. */
    private static final int INTERRUPTED = 130;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--rounds", paramLabel = "N", description = "How often each peer does each row: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--rows", paramLabel = "ROW", split = ",", description = "Only these rows.")
    private List<String> rows = Row.all().stream().map(Row::name).toList();

    @Option(names = "--peers", paramLabel = "PEER", split = ",", description = "Only these: ${DEFAULT-VALUE}.")
    private List<String> peers = List.of("kernel", "fo-1.10", "fo-2.0", "mille", "mille-volatile");

    @Option(
            names = "--mille",
            paramLabel = "NAME=ARGS",
            description = "One more peer: `mille mount` with these arguments. Say it once for each.")
    private Map<String, String> variants = new LinkedHashMap<>();

    @Option(names = "--on", paramLabel = "tmpfs|disk|both", description = "Where layers and upper lie: tmpfs.")
    private String on = "tmpfs";

    @Option(names = "--cpus", paramLabel = "all|one|both", description = "Where server and load may run: all.")
    private String cpus = "all";

    @Option(
            names = "--uring",
            paramLabel = "keep|on|off|both",
            description = "The kernel's switch for FUSE over io_uring; as before after the run: keep.")
    private String uring = "keep";

    @Option(names = "--deep", description = "A table of deep stacks instead.")
    private boolean deep;

    @Option(names = "--depths", paramLabel = "N", split = ",", description = "For --deep: ${DEFAULT-VALUE}.")
    private List<Integer> depths = List.of(1, 10, 100, 500, 2000);

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "Memory with N files known, and after they are forgotten, instead.")
    private int nodes;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all figures there too.")
    private @Nullable Path json;

    @Option(names = "--disk", paramLabel = "DIRECTORY", description = "Where the disk is: ${DEFAULT-VALUE}.")
    private Path disk = Path.of("/var/tmp");

    @Option(names = "--limit", paramLabel = "SECONDS", description = "For one trial: ${DEFAULT-VALUE}.")
    private int limitSeconds = 180;

    @Option(names = "--fo-1.10", paramLabel = "FILE", description = "Debian's fuse-overlayfs: ${DEFAULT-VALUE}.")
    private String debians = "/usr/bin/fuse-overlayfs";

    @Option(
            names = "--fo-2.0",
            paramLabel = "FILE",
            defaultValue = "${env:FUSE_OVERLAYFS_2}",
            description = "fuse-overlayfs 2.0; the launcher looks for it, and installs it by cargo.")
    private @Nullable String rusts;

    @Option(names = "--launcher", hidden = true, required = true)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String launcher;

    private final List<Results> tables = new ArrayList<>();

    /** Runs it. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Tournament tournament;
        List<Ground.Kind> grounds;
        List<Cpus> placements;
        List<Uring> urings;
        try {
            tournament =
                    new Tournament(chosenPeers(), chosenRows(), rounds, Duration.ofSeconds(limitSeconds), this::say);
            grounds = chosen(Ground.Kind.class, on);
            placements = chosen(Cpus.class, cpus);
            urings = uring.equals("keep") ? List.of(Uring.KEEP) : chosen(Uring.class, uring);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        CountDownLatch over = endWhenInterrupted();
        try {
            play(tournament, grounds, placements, urings);
        } catch (InterruptedException e) {
            say("interrupted");
            return INTERRUPTED;
        } finally {
            over.countDown();
        }
        return tables.stream().allMatch(table -> table.notes().isEmpty()) ? 0 : 1;
    }

    /**
     * Lets a signal interrupt this thread, and the JVM wait until it has cleaned up: layers on the disk and the kernel's switch outlive the
     * namespaces.
     *
     * @return what to count down when that is done
     */
    private static CountDownLatch endWhenInterrupted() {
        Thread player = Thread.currentThread();
        CountDownLatch over = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            player.interrupt();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // somebody is in a greater hurry
            }
        }));
        return over;
    }

    private void play(Tournament tournament, List<Ground.Kind> grounds, List<Cpus> placements, List<Uring> urings)
            throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, String> machine = Machine.facts();
        machine.forEach((name, fact) -> out.printf("%-13s %s%n", name, fact));
        out.println();
        out.flush();
        for (Ground.Kind kind : grounds) {
            try (Ground ground = Ground.open(kind, disk)) {
                List<Stack> stacks = stacks(ground);
                for (Uring setting : urings) {
                    for (Cpus placement : placements) {
                        try (var _ = Uring.Setting.of(setting)) {
                            Results results = new Results(title(kind, placement, setting), tournament.peers());
                            for (Stack stack : stacks) {
                                tournament.play(
                                        stack,
                                        placement,
                                        setting,
                                        deep ? ", " + stack.depth() + " lowers" : "",
                                        results);
                            }
                            show(results, machine);
                        }
                    }
                }
            }
        }
    }

    private List<Row> chosenRows() {
        if (nodes > 0) {
            return Row.nodes();
        }
        return deep ? Row.deep() : Row.named(rows);
    }

    private List<Peer> chosenPeers() {
        Peers known = new Peers(launcher);
        if (Files.isExecutable(Path.of(debians))) {
            known.add("fo-1.10", Peer.Family.FUSE_OVERLAYFS, List.of(debians));
        }
        if (rusts != null && Files.isExecutable(Path.of(rusts))) {
            known.add("fo-2.0", Peer.Family.FUSE_OVERLAYFS, List.of(rusts));
        }
        List<String> names = new ArrayList<>(peers);
        variants.forEach((name, arguments) -> {
            List<String> command = new ArrayList<>(List.of(launcher, "mount"));
            command.addAll(Arrays.stream(arguments.split(" +", -1))
                    .filter(word -> !word.isEmpty())
                    .toList());
            known.add(name, Peer.Family.MILLE, command);
            names.add(name);
        });
        List<Peer> chosen = known.named(names);
        // The kernel's overlay has no process whose memory could be told.
        return nodes == 0
                ? chosen
                : chosen.stream()
                        .filter(peer -> peer.family() != Peer.Family.KERNEL)
                        .toList();
    }

    private List<Stack> stacks(Ground ground) throws IOException {
        if (nodes > 0) {
            say("making " + nodes + " files");
            return List.of(
                    Stack.ofFiles(Files.createDirectory(ground.directory().resolve("nodes")), nodes));
        }
        Path debian = DebianRoot.tar();
        if (!deep) {
            say("making ten layers");
            return List.of(Stack.ofTen(Files.createDirectory(ground.directory().resolve("ten")), debian));
        }
        List<Stack> stacks = new ArrayList<>();
        for (int depth : depths) {
            say("making " + depth + " layers");
            Path directory = Files.createDirectory(ground.directory().resolve("deep-" + depth));
            stacks.add(Stack.ofDepth(directory, debian, depth));
        }
        return stacks;
    }

    private static <E extends Enum<E>> List<E> chosen(Class<E> type, String name) {
        List<E> all = List.of(type.getEnumConstants());
        if (name.equals("both")) {
            return all.subList(0, 2);
        }
        return all.stream()
                .filter(one -> one.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .map(List::of)
                .orElseThrow(() -> new IllegalArgumentException(
                        name + " is none of " + all.toString().toLowerCase(Locale.ROOT) + " or both"));
    }

    private static String title(Ground.Kind kind, Cpus placement, Uring setting) {
        return (kind == Ground.Kind.TMPFS ? "On tmpfs" : "On disk")
                + (placement == Cpus.ALL ? ", all CPUs" : ", one CPU")
                + (setting == Uring.KEEP
                        ? ""
                        : ", enable_uring " + setting.name().toLowerCase(Locale.ROOT));
    }

    private void show(Results results, Map<String, String> machine) throws IOException {
        tables.add(results);
        PrintWriter out = spec.commandLine().getOut();
        out.println(Report.text(results));
        out.flush();
        if (json != null) {
            // After each table, so that a run that is ended early has left something.
            Files.writeString(json, Report.json(machine, tables));
        }
    }

    private void say(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("bench: " + what);
        err.flush();
    }
}
