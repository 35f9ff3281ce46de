package mille.mount;

import java.util.Locale;
import mille.fuse.Capability;
import mille.fuse.FuseConnection;
import mille.fuse.RequestStatistics;
import mille.fuse.SessionStatistics;
import mille.overlay.OverlayStatistics;

/**
 * The figures of one mount as JSON ({@code docs/performance.md} says what they mean). Built by hand: this module has no other use for
 * JSON, and no member has a name or a value that needs escaping.
 */
final class StatisticsDocument {
    private final StringBuilder text = new StringBuilder();

    private StatisticsDocument() {}

    static String of(FuseConnection connection, OpenFiles files, OverlayStatistics overlay, long upNanos) {
        return new StatisticsDocument().write(connection, files, overlay, upNanos);
    }

    private String write(FuseConnection connection, OpenFiles files, OverlayStatistics overlay, long upNanos) {
        SessionStatistics session = connection.statistics();
        OpenCounters opens = files.counters();
        text.append('{');
        word("transport", connection.negotiated().has(Capability.OVER_IO_URING) ? "uring" : "dev");
        word("open", files.mode().name().toLowerCase(Locale.ROOT));
        word("passthrough", files.passesThrough() ? "on" : "off");
        number("process", ProcessHandle.current().pid());
        number("upMillis", upNanos / 1_000_000);
        begin("opens");
        number("passedThrough", opens.get(OpenCounters.Kind.PASSED_THROUGH));
        number("pushed", opens.get(OpenCounters.Kind.PUSHED));
        number("cached", opens.get(OpenCounters.Kind.CACHED));
        number("lazy", opens.get(OpenCounters.Kind.LAZY));
        number("lazyReuses", opens.reuses());
        end();
        begin("bytes");
        number("read", session.bytesRead());
        number("written", session.bytesWritten());
        number("copied", session.bytesCopied());
        number("pushed", opens.pushedBytes());
        end();
        begin("nodes");
        number("known", overlay.nodes());
        number("lookupHits", overlay.lookupHits());
        number("lookupMisses", overlay.lookupMisses());
        end();
        copyUps(overlay.copyUps());
        text.append(",\"requests\":[");
        session.requests().forEach(this::request);
        return text.append("]}").toString();
    }

    private void copyUps(OverlayStatistics.CopyUps copyUps) {
        begin("copyUps");
        number("count", copyUps.count());
        number("bytes", copyUps.bytes());
        number("cloned", copyUps.cloned());
        number("inKernel", copyUps.inKernel());
        number("byHand", copyUps.byHand());
        number("withoutData", copyUps.withoutData());
        end();
    }

    /** The histogram goes from the first bucket to the last that isn't empty. */
    private void request(RequestStatistics request) {
        separate();
        text.append('{');
        word("opcode", request.opcode().name());
        number("count", request.count());
        number("errors", request.errors());
        number("p50Nanos", request.quantileNanos(0.5));
        number("p99Nanos", request.quantileNanos(0.99));
        number("maxNanos", request.maxNanos());
        number("firstBucketNanos", RequestStatistics.limitNanos(0));
        text.append(",\"histogram\":[");
        int used = request.buckets();
        while (used > 0 && request.bucket(used - 1) == 0) {
            used--;
        }
        for (int i = 0; i < used; i++) {
            separate();
            text.append(request.bucket(i));
        }
        text.append("]}");
    }

    private void begin(String name) {
        name(name);
        text.append('{');
    }

    private void end() {
        text.append('}');
    }

    private void word(String name, String value) {
        name(name);
        text.append('"').append(value).append('"');
    }

    private void number(String name, long value) {
        name(name);
        text.append(value);
    }

    private void name(String name) {
        separate();
        text.append('"').append(name).append("\":");
    }

    private void separate() {
        char last = text.charAt(text.length() - 1);
        if (last != '{' && last != '[') {
            text.append(',');
        }
    }
}
