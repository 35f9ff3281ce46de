package mille.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.engine.model.Image;
import mille.oci.Reference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille images} */
@Command(name = "images", description = "List images.")
final class ImagesCommand implements Callable<Integer> {
    private static final String NONE = "<none>";

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-a", "--all"},
            description = "All of them. We always do; the option is there because Docker has it.")
    @SuppressWarnings("UnusedVariable")
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

    @Parameters(index = "0", arity = "0..1", paramLabel = "REPOSITORY[:TAG]", description = "Those of this name alone.")
    private @Nullable String wanted;

    /** One line: an image under one of its names. */
    private record Row(String repository, String tag, Image image) {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Engine engine = mille.openEngine()) {
            List<Row> rows = new ArrayList<>();
            for (Image image : engine.images()) {
                addRows(image, rows);
            }
            if (quiet) {
                rows.stream().map(row -> id(row.image)).distinct().forEach(out::println);
            } else if (format == OutputFormat.JSON) {
                rows.forEach(row -> out.println(Json.line(json(row, Instant.now()))));
            } else {
                table(rows, Instant.now()).print(out);
            }
        }
        return 0;
    }

    private void addRows(Image image, List<Row> rows) {
        boolean any = false;
        for (Reference name : image.tags()) {
            any = true;
            String tag = name.tag() == null ? NONE : name.tag();
            if (isWanted(name.familiarName(), tag)) {
                rows.add(new Row(name.familiarName(), tag, image));
            }
        }
        for (Reference name : any ? List.<Reference>of() : image.digests()) {
            any = true;
            if (isWanted(name.familiarName(), NONE)) {
                rows.add(new Row(name.familiarName(), NONE, image));
                return;
            }
        }
        if (!any && wanted == null) {
            rows.add(new Row(NONE, NONE, image));
        }
    }

    private boolean isWanted(String repository, String tag) {
        return wanted == null || wanted.equals(repository) || wanted.equals(repository + ":" + tag);
    }

    private Table table(List<Row> rows, Instant now) {
        Table table = new Table("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE");
        for (Row row : rows) {
            table.add(
                    row.repository,
                    row.tag,
                    id(row.image),
                    created(row.image, now),
                    Amounts.size(row.image.sizeBytes()));
        }
        return table;
    }

    private static String created(Image image, Instant now) {
        return image.created().equals(Instant.EPOCH) ? "N/A" : Amounts.ago(image.created(), now);
    }

    private JsonObject json(Row row, Instant now) {
        JsonObject json = new JsonObject();
        json.addProperty("Containers", "N/A");
        json.addProperty("CreatedAt", row.image.created().toString());
        json.addProperty("CreatedSince", created(row.image, now));
        json.addProperty(
                "Digest",
                row.image.digests().stream()
                        .filter(name -> name.familiarName().equals(row.repository))
                        .findFirst()
                        .map(name -> String.valueOf(name.digest()))
                        .orElse(NONE));
        json.addProperty("ID", id(row.image));
        json.addProperty("Repository", row.repository);
        json.addProperty("SharedSize", "N/A");
        json.addProperty("Size", Amounts.size(row.image.sizeBytes()));
        json.addProperty("Tag", row.tag);
        json.addProperty("UniqueSize", "N/A");
        json.addProperty("VirtualSize", Amounts.size(row.image.sizeBytes()));
        return json;
    }

    private String id(Image image) {
        return whole ? image.id().toString() : image.id().shortHex();
    }
}
