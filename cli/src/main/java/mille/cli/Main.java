package mille.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Where the launcher starts. */
final class Main {
    private Main() {}

    /** Runs one command; its exit code is the process's. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        Mille mille = new Mille();
        CommandLine commandLine = commandLine(mille);
        int exitCode = commandLine.execute(arguments);
        commandLine.getOut().flush();
        return exitCode;
    }

    static CommandLine commandLine(Mille mille) {
        CommandLine commandLine = new CommandLine(mille);
        Failures failures = new Failures(mille);
        commandLine
                .setOut(new PrintWriter(System.out, false, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .setUsageHelpAutoWidth(true)
                .setUsageHelpLongOptionsMaxWidth(28)
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setPosixClusteredShortOptionsAllowed(true);
        commandLine.getSubcommands().forEach((name, command) -> {
            // What follows the image is the container's own command line.
            command.setStopAtPositional(name.equals("run") || name.equals("create"));
        });
        return commandLine;
    }
}
