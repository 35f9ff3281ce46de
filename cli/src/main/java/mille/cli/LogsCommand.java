package mille.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import mille.engine.Engine;
import mille.engine.run.ContainerRun;
import mille.engine.run.LogFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code mille logs} */
@Command(name = "logs", description = "Show what a container wrote in all its runs.")
final class LogsCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Mille mille;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-t", "--timestamps"},
            description = "Begin each line with its time.")
    private boolean timestamps;

    @Parameters(paramLabel = "CONTAINER", description = "Name or id of a container.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Path log;
        try (Engine engine = mille.openEngine()) {
            log = ContainerRun.logOf(engine, engine.container(name));
        }
        LogFile.read(log, (stream, time, text) -> {
            PrintWriter to = switch (stream) {
                case STDOUT -> out;
                case STDERR -> err;
            };
            to.print(timestamps ? time + " " + text : text);
            to.flush();
        });
        return 0;
    }
}
