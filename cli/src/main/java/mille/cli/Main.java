package mille.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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
        int exitCode = 0;
        for (List<String> command : commands(List.of(arguments))) {
            exitCode = run(command.toArray(String[]::new));
        }
        System.exit(exitCode);
    }

    /** One command; or several, each after {@link RehearseCommand#IN_TURN}, of which the last one's exit code counts. */
    static List<List<String>> commands(List<String> arguments) {
        if (arguments.isEmpty() || !arguments.getFirst().equals(RehearseCommand.IN_TURN)) {
            return List.of(arguments);
        }
        List<List<String>> commands = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.equals(RehearseCommand.IN_TURN)) {
                commands.add(new ArrayList<>());
            } else {
                commands.getLast().add(argument);
            }
        }
        return commands;
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
