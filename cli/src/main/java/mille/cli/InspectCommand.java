package mille.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille inspect} */
@Command(name = "inspect", description = "Show all that is known of containers and images, as JSON.")
final class InspectCommand implements Callable<Integer> {
    /** What a name may stand for. */
    enum Kind {
        CONTAINER,
        IMAGE
    }

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "Only 'container' or 'image' (default: whichever has the name).")
    private @Nullable Kind type;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "json",
            description = "'json' prints each on one line.")
    private @Nullable String format;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names or ids.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<String> names;

    @Override
    public Integer call() throws IOException {
        boolean perLine = format != null && isJson(format);
        PrintWriter out = spec.commandLine().getOut();
        JsonArray found = new JsonArray();
        int exitCode;
        try (Engine engine = mille.openEngine()) {
            exitCode = Each.of(spec.commandLine(), names, name -> found.add(inspect(engine, name)));
        }
        if (!perLine) {
            out.println(Json.pretty(found));
        } else {
            for (JsonElement one : found) {
                out.println(Json.line(one));
            }
        }
        return exitCode;
    }

    private static boolean isJson(String format) {
        if (format.equals("json") || format.equals("{{json .}}")) {
            return true;
        }
        throw new IllegalArgumentException(
                "format '" + format + "' is not supported: use --format json, and jq to pick from it");
    }

    private JsonObject inspect(Engine engine, String name) throws IOException {
        Inspection inspection = new Inspection(engine);
        if (type != Kind.IMAGE) {
            try {
                return inspection.of(engine.container(name));
            } catch (EngineException e) {
                if (e.reason() != Reason.NOT_FOUND || type == Kind.CONTAINER) {
                    throw e;
                }
            }
        }
        try {
            return inspection.of(engine.image(name));
        } catch (EngineException e) {
            boolean isAbsent = e.reason() == Reason.NOT_FOUND || e.reason() == Reason.INVALID;
            throw isAbsent && type == null
                    ? new EngineException(Reason.NOT_FOUND, "no such container or image: " + name, e)
                    : e;
        }
    }
}
