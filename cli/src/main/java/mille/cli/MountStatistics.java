package mille.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import mille.linux.Fd;
import mille.linux.MountTable;
import mille.linux.O;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import mille.mount.MountedOverlay;

/** What one of our mounts says of itself, for a person. */
final class MountStatistics {
    private static final String OUR_TYPE = "fuse.mille";

    private final JsonObject json;

    private MountStatistics(JsonObject json) {
        this.json = json;
    }

    /** Of the JSON that a mount gives. */
    static MountStatistics of(String json) {
        return new MountStatistics(JsonParser.parseString(json).getAsJsonObject());
    }

    /**
     * Asks a mount for its figures.
     *
     * @return JSON
     * @throws IOException with one sentence, where nothing of ours is mounted there or it doesn't tell us
     */
    static String ask(Path merged) throws IOException {
        Path directory = merged.toRealPath();
        MountTable.Entry entry = MountTable.read().at(directory);
        if (entry == null || !entry.fileSystem().equals(OUR_TYPE)) {
            throw new IOException(merged + " is no mount of Mille's");
        }
        byte[] value;
        try (Fd root = Fd.open(directory, O.PATH | O.DIRECTORY)) {
            value = Xattrs.get(root, XattrName.of(MountedOverlay.STATISTICS_XATTR));
        }
        if (value == null) {
            throw new IOException(merged + " gives no statistics: try as root; one that is mounted with noxattrs writes"
                    + " them when its process gets SIGUSR1");
        }
        return new String(value, StandardCharsets.UTF_8);
    }

    void print(PrintWriter out) {
        out.println("up "
                + Amounts.duration(Duration.ofMillis(number(json, "upMillis"))).toLowerCase(Locale.ROOT)
                + ", process " + number(json, "process") + ", transport " + word("transport") + ", open " + word("open")
                + ", passthrough " + word("passthrough"));
        JsonObject opens = json.getAsJsonObject("opens");
        out.println("opens:    " + number(opens, "passedThrough") + " passed through, " + number(opens, "pushed")
                + " pushed into the page cache, " + number(opens, "cached") + " cached, " + number(opens, "lazy")
                + " lazy (used again " + number(opens, "lazyReuses") + " times)");
        JsonObject bytes = json.getAsJsonObject("bytes");
        out.println("data:     " + size(bytes, "read") + " read, " + size(bytes, "written") + " written, "
                + size(bytes, "copied") + " copied, " + size(bytes, "pushed") + " pushed");
        JsonObject nodes = json.getAsJsonObject("nodes");
        out.println("nodes:    " + number(nodes, "known") + " known; " + number(nodes, "lookupHits")
                + " lookups found one, " + number(nodes, "lookupMisses") + " searched the layers");
        JsonObject copyUps = json.getAsJsonObject("copyUps");
        out.println("copy-ups: " + number(copyUps, "count") + ", " + size(copyUps, "bytes") + ": "
                + number(copyUps, "cloned") + " cloned, " + number(copyUps, "inKernel") + " copied by the kernel, "
                + number(copyUps, "byHand") + " by hand, " + number(copyUps, "withoutData") + " without data");
        out.println();
        printRequests(out);
    }

    /** The most frequent first. */
    private void printRequests(PrintWriter out) {
        List<JsonObject> requests = json.getAsJsonArray("requests").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .sorted(Comparator.comparingLong((JsonObject request) -> number(request, "count"))
                        .reversed())
                .toList();
        Table table = new Table("REQUEST", "COUNT", "ERRORS", "P50", "P99", "MAX");
        for (JsonObject request : requests) {
            table.add(
                    request.get("opcode").getAsString(),
                    String.valueOf(number(request, "count")),
                    String.valueOf(number(request, "errors")),
                    Amounts.time(number(request, "p50Nanos")),
                    Amounts.time(number(request, "p99Nanos")),
                    Amounts.time(number(request, "maxNanos")));
        }
        table.print(out);
    }

    private String word(String name) {
        return json.get(name).getAsString();
    }

    private static long number(JsonObject of, String name) {
        return of.get(name).getAsLong();
    }

    private static String size(JsonObject of, String name) {
        return Amounts.size(number(of, name));
    }
}
