package mille.cli;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import mille.engine.model.ProgressListener;
import mille.linux.Fd;
import mille.linux.Terminal;
import mille.oci.Digest;

/** Shows how images come in: a bar for each layer where standard error is a terminal, else a line for each layer that is there. */
final class TransferProgress implements ProgressListener, AutoCloseable {
    private static final long UNIT_BYTES = 1_000_000;
    private static final int UPDATE_MS = 200;

    private final PrintWriter lines;
    private final boolean hasTerminal = Terminal.isTerminal(Fd.adopt(2));

    // Guarded by this object's lock.
    private final Map<Digest, ProgressBar> bars = new HashMap<>();

    /**
     * @param lines for what isn't a bar
     */
    TransferProgress(PrintWriter lines) {
        this.lines = lines;
    }

    @Override
    public synchronized void on(Progress event) {
        switch (event) {
            case Progress.Resolved resolved ->
                say(resolved.name() + ": " + resolved.layers() + (resolved.layers() == 1 ? " layer" : " layers"));
            case Progress.Waiting waiting -> show(waiting.layer(), "Waiting", 0, waiting.totalBytes());
            case Progress.Present present -> end(present.layer(), "Already exists");
            case Progress.Downloading step -> show(step.layer(), "Downloading", step.doneBytes(), step.totalBytes());
            case Progress.Downloaded _ -> {}
            case Progress.Unpacking step -> show(step.layer(), "Extracting", step.doneBytes(), step.totalBytes());
            case Progress.Unpacked unpacked -> end(unpacked.layer(), "Unpacked");
            case Progress.Warning warning -> say("warning: " + warning.sentence());
        }
    }

    private void show(Digest layer, String step, long doneBytes, long totalBytes) {
        if (hasTerminal) {
            bars.computeIfAbsent(layer, digest -> bar(digest, totalBytes))
                    .setExtraMessage(step)
                    .stepTo(doneBytes);
        }
    }

    private static ProgressBar bar(Digest layer, long totalBytes) {
        return new ProgressBarBuilder()
                .setTaskName(layer.shortHex())
                .setInitialMax(totalBytes)
                .setUnit("MB", UNIT_BYTES)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MS)
                .hideEta()
                .build();
    }

    private void end(Digest layer, String outcome) {
        ProgressBar bar = bars.remove(layer);
        if (bar == null) {
            say(layer.shortHex() + ": " + outcome);
            return;
        }
        bar.stepTo(bar.getMax());
        bar.setExtraMessage(outcome);
        bar.close();
    }

    private void say(String line) {
        lines.println(line);
        lines.flush();
    }

    @Override
    public synchronized void close() {
        bars.values().forEach(ProgressBar::close);
        bars.clear();
    }
}
