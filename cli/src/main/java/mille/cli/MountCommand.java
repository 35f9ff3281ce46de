package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import mille.mount.MountOptions;
import mille.mount.MountedOverlay;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * {@code mille mount}
 *
 * <p>The process that serves the mount is this one. Where it is to stay in the background, the launcher starts it as a session of its own,
 * waits for the line {@link #MOUNTED}, and returns. With {@code --stats} it only asks a mount that is there.
 */
@Command(name = "mount", description = "Unite directories: OverlayFS itself, with the kernel's options and format.")
final class MountCommand implements Callable<Integer> {
    /** The launcher waits for it. */
    static final String MOUNTED = "mille: mounted";

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "-o",
            paramLabel = "OPTIONS",
            description =
                    "lowerdir=A:B,upperdir=U,workdir=W and what else the kernel's overlay and fuse-overlayfs take.")
    private List<String> options = new ArrayList<>();

    @Option(
            names = {"-f", "--foreground"},
            description = "Stay until it is unmounted.")
    @SuppressWarnings("UnusedVariable") // the launcher acts on it
    private boolean foreground;

    @Option(
            names = "--transport",
            paramLabel = "HOW",
            description =
                    "How the kernel's requests come: 'dev', by /dev/fuse, 'uring', over io_uring, or 'auto', over io_uring where the kernel offers it (default: auto).")
    private @Nullable String transport;

    @Option(
            names = "--open",
            paramLabel = "HOW",
            description =
                    "How files are opened: 'eager', each time by us, or 'lazy', by the kernel without asking (default: eager, and lazy where nothing can be written).")
    private @Nullable String open;

    @Option(
            names = "--passthrough",
            paramLabel = "WHEN",
            description =
                    "Whether the kernel reads and writes the layers' files by itself while they are open: 'auto', 'on' or 'off' (default: auto).")
    private @Nullable String passthrough;

    @Option(
            names = "--stats",
            description = "Show what the mount at MERGED has served so far, instead of mounting anything.")
    private boolean stats;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "With --stats, 'table' or 'json' (default: table).")
    private @Nullable OutputFormat format;

    @Option(names = "--announce", hidden = true, description = "Say when it is mounted.")
    private boolean announce;

    @Parameters(paramLabel = "MERGED", description = "Where it appears: a directory.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path merged;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (stats) {
            return showStatistics();
        }
        if (options.isEmpty() || format != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    format != null ? "--format goes with --stats" : "Missing required option: '-o=OPTIONS'");
        }
        add("transport", transport);
        add("open", open);
        add("passthrough", passthrough);
        MountOptions parsed = MountOptions.parse(String.join(",", options));
        Path target = merged.toRealPath();
        MountLog log = announce ? MountLog.install() : null;
        MountedOverlay mount = mille.mounter().mount(parsed.overlay(), target, parsed.generic());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(mount)));
        StatisticsSignal.listenFor(mount);
        if (log != null) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(MOUNTED);
            out.flush();
            log.leaveLauncher();
        }
        mount.awaitUnmount();
        return 0;
    }

    private int showStatistics() throws IOException {
        String json = MountStatistics.ask(merged);
        PrintWriter out = spec.commandLine().getOut();
        if (format == OutputFormat.JSON) {
            out.println(json);
        } else {
            MountStatistics.of(json).print(out);
        }
        return 0;
    }

    private void add(String option, @Nullable String value) {
        if (value != null) {
            options.add(option + "=" + value);
        }
    }

    private static void close(MountedOverlay mount) {
        try {
            mount.close();
        } catch (IOException e) {
            System.err.println("mille: could not unmount: " + e.getMessage());
        }
    }
}
