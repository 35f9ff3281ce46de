package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mille.engine.Engine;
import mille.engine.model.Container;
import mille.engine.model.Image;
import mille.engine.model.NewContainer;
import mille.engine.run.BindMount;
import mille.engine.run.NetworkMode;
import mille.engine.run.RunConfig;
import mille.engine.run.RunFlag;
import mille.engine.run.RunRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code run} and {@code create} take: the names are Docker's. */
final class ContainerOptions {
    @Option(names = "--name", paramLabel = "NAME", description = "Name of the container (default: a made-up one).")
    private @Nullable String name;

    @Option(
            names = {"-i", "--interactive"},
            description = "Connect our standard input.")
    private boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "Give it a terminal.")
    private boolean terminal;

    @Option(names = "--rm", description = "Remove the container when it ends.")
    private boolean remove;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME[=VALUE]",
            description = "Set a variable; without a value, take ours.")
    private List<String> env = new ArrayList<>();

    @Option(names = "--env-file", paramLabel = "FILE", description = "Set the variables that a file lists.")
    private List<Path> envFiles = new ArrayList<>();

    @Option(
            names = {"-w", "--workdir"},
            paramLabel = "DIR",
            description = "Where the process starts.")
    private @Nullable String workingDir;

    @Option(
            names = {"-v", "--volume"},
            paramLabel = "[HOST:]PATH[:ro]",
            description = "Show a directory or file of the host in the container.")
    private List<String> volumes = new ArrayList<>();

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER[:GROUP]",
            description = "Who the process is, by names of the image or by numbers.")
    private @Nullable String user;

    @Option(
            names = "--entrypoint",
            paramLabel = "PROGRAM",
            description = "Run this instead of the image's entry point.")
    private @Nullable String entrypoint;

    @Option(names = "--read-only", description = "Let nothing change the container's root.")
    private boolean readOnly;

    @Option(
            names = {"--network", "--net"},
            paramLabel = "MODE",
            defaultValue = "none",
            description = "'none', a loopback device alone, or 'host', the host's network (default: ${DEFAULT-VALUE}).")
    private String network = "none";

    @Option(
            names = {"-h", "--hostname"},
            paramLabel = "NAME",
            description = "Name of the host that the container sees.")
    private @Nullable String hostname;

    @Option(
            names = {"-l", "--label"},
            paramLabel = "NAME[=VALUE]",
            description = "Attach a label.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--runtime",
            paramLabel = "PROGRAM",
            defaultValue = RunRequest.DEFAULT_RUNTIME,
            description = "The OCI runtime (default: ${DEFAULT-VALUE}).")
    private String runtime = RunRequest.DEFAULT_RUNTIME;

    @Option(
            names = "--pull",
            paramLabel = "WHEN",
            defaultValue = "missing",
            description = "Pull the image when it is 'missing', 'always' or 'never' (default: ${DEFAULT-VALUE}).")
    private PullPolicy pull = PullPolicy.MISSING;

    @Option(names = "--platform", paramLabel = "OS/ARCH", description = "Of an image that is made for several.")
    private @Nullable String platform;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "Name or id of an image.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String image;

    @Parameters(index = "1..*", paramLabel = "COMMAND", description = "What to run instead of what the image says.")
    private List<String> command = new ArrayList<>();

    /**
     * Makes the container, its image pulled if need be.
     *
     * @param err where a pull tells how it goes
     */
    Container create(Engine engine, PrintWriter err) throws IOException {
        RunRequest request = request(); // first: what is mistyped shouldn't cost a pull
        Image found = new ImageFinder(engine, pull, platform, err).find(image);
        RunConfig config = RunConfig.of(engine.config(found).process(), request);
        return engine.createContainer(new NewContainer(name, image, config.toJson()));
    }

    private RunRequest request() throws IOException {
        String program = entrypoint;
        List<String> asked = program == null ? null : program.isEmpty() ? List.of() : List.of(program);
        return new RunRequest(
                command,
                asked,
                environment(),
                workingDir,
                user,
                hostname,
                labelMap(),
                volumes.stream().map(BindMount::parse).toList(),
                NetworkMode.parse(network),
                flags(),
                runtime);
    }

    Set<RunFlag> flags() {
        Set<RunFlag> flags = EnumSet.noneOf(RunFlag.class);
        if (interactive) {
            flags.add(RunFlag.STDIN);
        }
        if (terminal) {
            flags.add(RunFlag.TERMINAL);
        }
        if (readOnly) {
            flags.add(RunFlag.READ_ONLY_ROOT);
        }
        if (remove) {
            flags.add(RunFlag.AUTO_REMOVE);
        }
        return flags;
    }

    private List<String> environment() throws IOException {
        List<String> assignments = new ArrayList<>();
        for (Path file : envFiles) {
            for (String line : Files.readAllLines(file)) {
                String stripped = line.stripLeading();
                if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                    addAssignment(stripped, assignments);
                }
            }
        }
        for (String assignment : env) {
            addAssignment(assignment, assignments);
        }
        return assignments;
    }

    /** A name alone takes our own value; where we have none it takes the image's away. */
    private static void addAssignment(String assignment, List<String> assignments) {
        if (assignment.startsWith("=") || assignment.isEmpty()) {
            throw new IllegalArgumentException("invalid variable '" + assignment + "': write NAME=VALUE");
        }
        String own = assignment.indexOf('=') < 0 ? ours(assignment) : null;
        assignments.add(own == null ? assignment : assignment + "=" + own);
    }

    /** The launcher changes LC_ALL for the JVM's sake, and keeps the user's under another name. */
    private static @Nullable String ours(String name) {
        return System.getenv(name.equals("LC_ALL") ? "MILLE_LC_ALL" : name);
    }

    private Map<String, String> labelMap() {
        Map<String, String> map = new LinkedHashMap<>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            map.put(equals < 0 ? label : label.substring(0, equals), equals < 0 ? "" : label.substring(equals + 1));
        }
        return map;
    }
}
