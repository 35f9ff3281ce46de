package mille.benchmark;

import com.google.gson.FormattingStyle;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** A run's tables, for people and for programs. */
final class Report {
    private static final Gson PRETTY = new GsonBuilder()
            .disableHtmlEscaping()
            .setFormattingStyle(FormattingStyle.PRETTY)
            .create();

    private Report() {}

    /** Medians, and for each of ours its ratio to the kernel's and to the better of the two fuse-overlayfs. */
    static String text(Results results) {
        List<Peer> ours = results.peers().stream()
                .filter(peer -> peer.family() == Peer.Family.MILLE)
                .toList();
        List<List<String>> grid = new ArrayList<>();
        List<String> headings = new ArrayList<>(List.of("", ""));
        results.peers().forEach(peer -> headings.add(peer.name()));
        ours.forEach(peer -> headings.addAll(List.of(peer.name() + "/kernel", "/best fo")));
        grid.add(headings);
        for (Results.Line line : results.lines()) {
            List<String> cells =
                    new ArrayList<>(List.of(line.measure(), line.unit().symbol()));
            for (Peer peer : results.peers()) {
                cells.add(cell(line, peer));
            }
            for (Peer peer : ours) {
                cells.add(ratio(line.ratio(peer, Peer.Family.KERNEL)));
                cells.add(ratio(line.ratio(peer, Peer.Family.FUSE_OVERLAYFS)));
            }
            grid.add(cells);
        }
        StringBuilder text = new StringBuilder(results.title()).append("\n\n").append(aligned(grid));
        if (!results.notes().isEmpty()) {
            text.append("\nfailed:\n");
            results.notes().forEach(note -> text.append("  ").append(note).append('\n'));
        }
        return text.toString();
    }

    private static String cell(Results.Line line, Peer peer) {
        Figures figures = line.figures().getOrDefault(peer, new Figures());
        if (!figures.failures().isEmpty()) {
            return "failed";
        }
        OptionalDouble median = figures.median();
        return median.isPresent() ? line.unit().format(median.getAsDouble()) : "-";
    }

    private static String ratio(OptionalDouble ratio) {
        return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "-";
    }

    /** The first column to the left, figures to the right. */
    private static String aligned(List<List<String>> grid) {
        int columns = grid.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> cells : grid) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], cells.get(column).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> cells : grid) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String padding = " ".repeat(widths[column] - cells.get(column).length());
                line.append(column == 0 ? cells.get(column) + padding : "  " + padding + cells.get(column));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** All figures of all rounds, with medians and ratios. */
    static String json(Map<String, String> machine, List<Results> tables) {
        JsonObject root = new JsonObject();
        JsonObject facts = new JsonObject();
        machine.forEach(facts::addProperty);
        root.add("machine", facts);
        JsonArray array = new JsonArray();
        tables.forEach(table -> array.add(table(table)));
        root.add("tables", array);
        return PRETTY.toJson(root) + "\n";
    }

    private static JsonObject table(Results results) {
        JsonObject table = new JsonObject();
        table.addProperty("title", results.title());
        JsonObject commands = new JsonObject();
        results.peers().forEach(peer -> commands.addProperty(peer.name(), String.join(" ", peer.command())));
        table.add("peers", commands);
        JsonArray rows = new JsonArray();
        for (Results.Line line : results.lines()) {
            JsonObject row = new JsonObject();
            row.addProperty("measure", line.measure());
            row.addProperty("unit", line.unit().symbol());
            JsonObject byPeer = new JsonObject();
            line.figures().forEach((peer, figures) -> byPeer.add(peer.name(), figures(line, peer, figures)));
            row.add("peers", byPeer);
            rows.add(row);
        }
        table.add("rows", rows);
        return table;
    }

    private static JsonObject figures(Results.Line line, Peer peer, Figures figures) {
        JsonObject json = new JsonObject();
        figures.median().ifPresent(median -> json.addProperty("median", median));
        JsonArray rounds = new JsonArray();
        figures.values().forEach(rounds::add);
        json.add("rounds", rounds);
        if (!figures.failures().isEmpty()) {
            JsonArray failures = new JsonArray();
            figures.failures().forEach(failures::add);
            json.add("failures", failures);
        }
        if (peer.family() == Peer.Family.MILLE) {
            line.ratio(peer, Peer.Family.KERNEL).ifPresent(ratio -> json.addProperty("toKernel", ratio));
            line.ratio(peer, Peer.Family.FUSE_OVERLAYFS)
                    .ifPresent(ratio -> json.addProperty("toBestFuseOverlayfs", ratio));
        }
        return json;
    }
}
