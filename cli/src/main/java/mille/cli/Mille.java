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
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/**
 * The command itself, and what all its commands share.
 *
 * <p>Its options are put together by hand, as those of {@link MountCommand}: each annotation that picocli reads is a class that the JVM makes at
 * every start, and a mount is to be there at once.
 */
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

    private static final String ROOT = "--root";
    private static final String STORAGE_DRIVER = "--storage-driver";
    private static final String DEBUG = "--debug";

    private final CommandSpec spec;

    Mille() {
        spec = CommandSpec.wrapWithoutInspection(this)
                .name("mille")
                .addOption(shared(ROOT)
                        .paramLabel("DIR")
                        .type(Path.class)
                        .description("Where images and containers are kept (default: /var/lib/mille for root).")
                        .build())
                .addOption(shared(STORAGE_DRIVER)
                        .paramLabel("DRIVER")
                        .type(StorageDriver.class)
                        .defaultValue("mille")
                        .description("What unites the layers: 'mille', our own file system, or 'kernel', the one that"
                                + " Linux has (default: ${DEFAULT-VALUE}).")
                        .build())
                .addOption(shared(DEBUG)
                        .type(boolean.class)
                        .description("Show where an error comes from.")
                        .build())
                .addOption(shared("--help")
                        .type(boolean.class)
                        .usageHelp(true)
                        .description("Show this help.")
                        .build());
        spec.usageMessage()
                .description("Layered containers on an OverlayFS of our own.")
                .synopsisSubcommandLabel("COMMAND")
                .footer("", "'mille COMMAND --help' tells more about a command.");
    }

    private static OptionSpec.Builder shared(String name) {
        return OptionSpec.builder(name).scopeType(ScopeType.INHERIT);
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public void run() {
        CommandLine.usage(spec, System.out);
    }

    boolean isDebugging() {
        return Boolean.TRUE.equals(spec.findOption(DEBUG).getValue());
    }

    /** The user's store, with what killed commands left in it put in order. */
    Engine openEngine() throws IOException {
        Path chosen = spec.findOption(ROOT).getValue();
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
        StorageDriver driver = spec.findOption(STORAGE_DRIVER).getValue();
        return driver.mounter();
    }
}
