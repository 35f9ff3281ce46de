package mille.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mille.engine.Engine;
import mille.engine.model.Container;
import mille.engine.run.ContainerRun;
import mille.engine.run.RunConfig;
import mille.engine.run.RunFlag;
import mille.mount.Mounter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself, and what all its commands share. */
@Command(
        name = "mille",
        description = "Layered containers on an OverlayFS of our own.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "'mille COMMAND --help' tells more about a command."})
final class Mille implements Runnable {
    /** In the order of the help. The name of each is that of its class, without {@code Command}. */
    static final List<Class<?>> COMMANDS = List.of(
            RunCommand.class,
            CreateCommand.class,
            StartCommand.class,
            PsCommand.class,
            InspectCommand.class,
            DiffCommand.class,
            LogsCommand.class,
            RmCommand.class,
            ImagesCommand.class,
            RmiCommand.class,
            PullCommand.class,
            LoadCommand.class,
            ImportCommand.class,
            MountCommand.class,
            UmountCommand.class,
            VersionCommand.class,
            RehearseCommand.class);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Where images and containers are kept (default: /var/lib/mille for root).")
    private @Nullable Path root;

    @Option(
            names = "--storage-driver",
            paramLabel = "DRIVER",
            scope = ScopeType.INHERIT,
            description =
                    "What unites the layers: 'mille', our own file system, or 'kernel', the one that Linux has (default: ${DEFAULT-VALUE}).",
            defaultValue = "mille")
    private StorageDriver storageDriver = StorageDriver.MILLE;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where an error comes from.")
    private boolean debug;

    @Option(names = "--help", usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Override
    public void run() {
        CommandLine.usage(spec, System.out);
    }

    boolean isDebugging() {
        return debug;
    }

    /** The user's store, with what killed commands left in it put in order. */
    Engine openEngine() throws IOException {
        Path chosen = root;
        List<Container> ownerless = new ArrayList<>();
        Engine engine = Engine.open(
                chosen == null ? Engine.defaultRoot() : chosen.toAbsolutePath().normalize(), (container, directory) -> {
                    ContainerRun.endAbandoned(container, directory);
                    ownerless.add(container);
                });
        for (Container container : ownerless) {
            if (RunConfig.fromJson(container.config()).has(RunFlag.AUTO_REMOVE)) {
                engine.removeContainer(container.id());
            }
        }
        return engine;
    }

    Mounter mounter() {
        return storageDriver.mounter();
    }
}
