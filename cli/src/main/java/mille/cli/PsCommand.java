package mille.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import mille.engine.Engine;
import mille.engine.model.Container;
import mille.engine.model.ContainerState;
import mille.engine.run.RunConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille ps} */
@Command(name = "ps", description = "List containers that run; with -a, all.")
final class PsCommand implements Callable<Integer> {
    private static final int MAX_COMMAND_CHARACTERS = 20;
    private static final int SHORT_ID_DIGITS = 12;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-a", "--all"},
            description = "Those that don't run too.")
    private boolean all;

    @Option(
            names = {"-q", "--quiet"},
            description = "Ids alone.")
    private boolean quiet;

    @Option(names = "--no-trunc", description = "Don't cut off what is long.")
    private boolean whole;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "'table' or 'json' (default: ${DEFAULT-VALUE}).",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.TABLE;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Engine engine = mille.openEngine()) {
            List<Container> shown = engine.containers().stream()
                    .filter(container -> all || container.state().isRunning())
                    .toList();
            if (quiet) {
                shown.forEach(container -> out.println(id(container)));
            } else if (format == OutputFormat.JSON) {
                shown.forEach(container -> out.println(Json.line(json(container, Instant.now()))));
            } else {
                table(shown, Instant.now()).print(out);
            }
        }
        return 0;
    }

    private Table table(List<Container> containers, Instant now) {
        Table table = new Table("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES");
        for (Container container : containers) {
            table.add(
                    id(container),
                    container.imageName(),
                    command(container),
                    Amounts.ago(container.created(), now),
                    status(container.state(), now),
                    "",
                    container.name());
        }
        return table;
    }

    private JsonObject json(Container container, Instant now) {
        RunConfig config = RunConfig.fromJson(container.config());
        JsonObject json = new JsonObject();
        json.addProperty("Command", command(container));
        json.addProperty("CreatedAt", container.created().toString());
        json.addProperty("ID", id(container));
        json.addProperty("Image", container.imageName());
        json.addProperty(
                "Labels",
                config.labels().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(",")));
        json.addProperty("Names", container.name());
        json.addProperty("Networks", config.network().toString());
        json.addProperty("Ports", "");
        json.addProperty("RunningFor", Amounts.ago(container.created(), now));
        json.addProperty("State", Inspection.status(container.state()));
        json.addProperty("Status", status(container.state(), now));
        return json;
    }

    private String id(Container container) {
        return whole ? container.id() : container.id().substring(0, SHORT_ID_DIGITS);
    }

    private String command(Container container) {
        String line = String.join(" ", RunConfig.fromJson(container.config()).arguments());
        boolean isCut = !whole && line.length() > MAX_COMMAND_CHARACTERS;
        return "\"" + (isCut ? line.substring(0, MAX_COMMAND_CHARACTERS - 1) + "…" : line) + "\"";
    }

    private static String status(ContainerState state, Instant now) {
        Instant started = state.started();
        Instant finished = state.finished();
        return switch (state.status()) {
            case CREATED -> "Created";
            case RUNNING -> "Up " + (started == null ? "" : Amounts.duration(java.time.Duration.between(started, now)));
            case EXITED ->
                "Exited (" + state.exitCode() + ")" + (finished == null ? "" : " " + Amounts.ago(finished, now));
        };
    }
}
