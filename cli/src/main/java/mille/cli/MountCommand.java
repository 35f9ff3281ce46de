package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import mille.mount.MountOptions;
import mille.mount.MountedOverlay;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/**
 * {@code mille mount}
 *
 * <p>The process that serves the mount is this one. Where it is to stay in the background, the launcher starts it as a session of its own,
 * waits for the line {@link #MOUNTED}, and returns. With {@code --stats} it only asks a mount that is there.
 */
final class MountCommand implements Callable<Integer> {
    /** The launcher waits for it. */
    static final String MOUNTED = "mille: mounted";

    private static final String OPTIONS = "-o";
    private static final String STATS = "--stats";
    private static final String FORMAT = "--format";
    private static final String ANNOUNCE = "--announce";

    /** Each stands for a mount option of the same name. */
    private static final List<String> WAYS = List.of("transport", "open", "passthrough");

    private final Mille mille;
    private final CommandSpec spec;

    MountCommand(Mille mille) {
        this.mille = mille;
        spec = CommandSpec.wrapWithoutInspection(this)
                .name("mount")
                .addOption(OptionSpec.builder(OPTIONS)
                        .paramLabel("OPTIONS")
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .arity("1")
                        .description("lowerdir=A:B,upperdir=U,workdir=W and what else the kernel's overlay and"
                                + " fuse-overlayfs take.")
                        .build())
                .addOption(flag("-f", "--foreground") // the launcher acts on it
                        .description("Stay until it is unmounted.")
                        .build())
                .addOption(text("--transport", "HOW")
                        .description(
                                "How the kernel's requests come: 'dev', by /dev/fuse, 'uring', over io_uring, or"
                                        + " 'auto', over io_uring where the kernel offers it and that is faster here (default: auto).")
                        .build())
                .addOption(text("--open", "HOW")
                        .description("How files are opened: 'eager', each time by us, or 'lazy', by the kernel without"
                                + " asking (default: eager, and lazy where nothing can be written).")
                        .build())
                .addOption(text("--passthrough", "WHEN")
                        .description("Whether the kernel reads and writes the layers' files by itself while they are"
                                + " open: 'auto', 'on' or 'off' (default: auto).")
                        .build())
                .addOption(flag(STATS)
                        .description("Show what the mount at MERGED has served so far, instead of mounting anything.")
                        .build())
                .addOption(OptionSpec.builder(FORMAT)
                        .paramLabel("FORMAT")
                        .type(OutputFormat.class)
                        .description("With --stats, 'table' or 'json' (default: table).")
                        .build())
                .addOption(flag(ANNOUNCE)
                        .hidden(true)
                        .description("Say when it is mounted.")
                        .build())
                .addPositional(PositionalParamSpec.builder()
                        .paramLabel("MERGED")
                        .type(Path.class)
                        .converters(Path::of) // picocli's own is found by reflection
                        .arity("1")
                        .index("0")
                        .required(true)
                        .description("Where it appears: a directory.")
                        .build());
        spec.usageMessage().description("Unite directories: OverlayFS itself, with the kernel's options and format.");
    }

    private static OptionSpec.Builder flag(String... names) {
        return OptionSpec.builder(names[0], Arrays.copyOfRange(names, 1, names.length))
                .type(boolean.class);
    }

    private static OptionSpec.Builder text(String name, String label) {
        return OptionSpec.builder(name).paramLabel(label).type(String.class);
    }

    CommandSpec spec() {
        return spec;
    }

    private boolean isSet(String flag) {
        return Boolean.TRUE.equals(spec.findOption(flag).getValue());
    }

    private Path merged() {
        return spec.positionalParameters().getFirst().getValue();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        OutputFormat format = spec.findOption(FORMAT).getValue();
        if (isSet(STATS)) {
            return showStatistics(format);
        }
        List<String> given = spec.findOption(OPTIONS).getValue();
        if (given == null || format != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    format != null ? "--format goes with --stats" : "Missing required option: '-o=OPTIONS'");
        }
        List<String> options = new ArrayList<>(given);
        for (String way : WAYS) {
            String how = spec.findOption("--" + way).getValue();
            if (how != null) {
                options.add(way + "=" + how);
            }
        }
        MountOptions parsed = MountOptions.parse(String.join(",", options));
        Path target = merged().toRealPath();
        MountLog log = isSet(ANNOUNCE) ? MountLog.install() : null;
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

    private int showStatistics(@Nullable OutputFormat format) throws IOException {
        String json = MountStatistics.ask(merged());
        PrintWriter out = spec.commandLine().getOut();
        if (format == OutputFormat.JSON) {
            out.println(json);
        } else {
            MountStatistics.of(json).print(out);
        }
        return 0;
    }

    private static void close(MountedOverlay mount) {
        try {
            mount.close();
        } catch (IOException e) {
            System.err.println("mille: could not unmount: " + e.getMessage());
        }
    }
}
