package mille.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.O;
import picocli.CommandLine;

/** Where the launcher starts. */
final class Main {
    private Main() {}

    /** Runs one command; its exit code is the process's. */
    public static void main(String[] arguments) {
        boolean inTurn = arguments.length > 0 && arguments[0].equals(RehearseCommand.IN_TURN);
        System.exit(inTurn ? runInTurn(arguments) : run(arguments));
    }

    /** Several commands, each after {@link RehearseCommand#IN_TURN}; the last one's exit code counts. */
    private static int runInTurn(String[] arguments) {
        int exitCode = 0;
        int end;
        for (int start = 1; start <= arguments.length; start = end + 1) {
            end = start;
            while (end < arguments.length && !arguments[end].equals(RehearseCommand.IN_TURN)) {
                end++;
            }
            exitCode = run(Arrays.copyOfRange(arguments, start, end));
        }
        return exitCode;
    }

    private static int run(String[] arguments) {
        if (Arrays.asList(arguments).contains("mount")) {
            Thread.ofPlatform().daemon().start(Main::bindSystemCalls);
        }
        Mille mille = new Mille();
        CommandLine commandLine = commandLine(mille, List.of(arguments));
        int exitCode = commandLine.execute(arguments);
        commandLine.getOut().flush();
        return exitCode;
    }

    /** Takes as long as to understand the arguments, and can be done meanwhile. */
    private static void bindSystemCalls() {
        try {
            Fd.open(Path.of("/"), O.PATH).close();
        } catch (ErrnoException | LinkageError unlikely) {
            // Who needs it says what is wrong.
        }
    }

    /**
     * What understands the arguments. It knows the commands that stand among them, or all where none does: to make one known takes
     * milliseconds of reflection.
     */
    static CommandLine commandLine(Mille mille, List<String> arguments) {
        CommandLine commandLine = new CommandLine(mille.spec());
        List<Class<?>> asked = Mille.COMMANDS.stream()
                .filter(command -> arguments.contains(nameOf(command)))
                .toList();
        (asked.isEmpty() ? Mille.COMMANDS : asked)
                .forEach(command -> commandLine.addSubcommand(
                        nameOf(command), command == MountCommand.class ? new MountCommand(mille).spec() : command));
        Failures failures = new Failures(mille);
        commandLine
                .setOut(new PrintWriter(System.out, false, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                // In this order: the other way round the terminal would be measured, by a process of its own, for each
                // command.
                .setUsageHelpLongOptionsMaxWidth(28)
                .setUsageHelpAutoWidth(true)
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setPosixClusteredShortOptionsAllowed(true);
        commandLine.getSubcommands().forEach((name, command) -> {
            // What follows the first argument (an image) is somebody else's command line.
            command.setStopAtPositional(List.of("run", "create", "rehearse").contains(name));
        });
        return commandLine;
    }

    static String nameOf(Class<?> command) {
        return command.getSimpleName().replaceFirst("Command$", "").toLowerCase(Locale.ROOT);
    }
}
