package mille.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import mille.engine.run.StartFailure;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The one place where a failure becomes a sentence and an exit code, as Docker has them. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    /** A command line that can't be understood. */
    static final int USAGE = 125;

    private static final int FAILED = 1;

    private final Mille mille;

    Failures(Mille mille) {
        this.mille = mille;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String help = "'" + command.getCommandSpec().qualifiedName() + " --help'";
        boolean isTop = command.getParent() == null;
        if (isTop
                && e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().getFirst().startsWith("-")) {
            String name = unmatched.getUnmatched().getFirst();
            String alike = Spelling.nearest(
                    name, Mille.COMMANDS.stream().map(Main::nameOf).toList());
            say(
                    command,
                    "'" + name + "' is no command: " + (alike == null ? "" : "did you mean '" + alike + "'? ") + "See "
                            + help + ".");
            return FAILED;
        }
        say(command, sentence(String.valueOf(e.getMessage())) + " See " + help + ".");
        trace(e);
        return mounts(command) ? FAILED : USAGE;
    }

    /** As mount(8) and its kin have 1 for every failure. */
    private static boolean mounts(CommandLine command) {
        Object user = command.getCommandSpec().userObject();
        return user instanceof MountCommand || user instanceof UmountCommand;
    }

    private static String sentence(String message) {
        String text = message.strip();
        return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult result) {
        command.getOut().flush();
        say(command, message(e));
        trace(e);
        if (e instanceof StartFailure failure) {
            return failure.exitCode();
        }
        boolean runs = command.getCommandSpec().userObject() instanceof CreateCommand
                || command.getCommandSpec().userObject() instanceof RunCommand;
        return runs ? StartFailure.OURS : FAILED;
    }

    private void say(CommandLine command, String sentence) {
        command.getErr().println("mille: " + sentence);
    }

    private void trace(Exception e) {
        if (mille.isDebugging()) {
            e.printStackTrace();
        }
    }

    private static String message(Exception e) {
        return switch (e) {
            case ErrnoException errno -> message(errno);
            case NoSuchFileException absent -> absent.getFile() + " doesn't exist";
            case AccessDeniedException denied -> "no right to use " + denied.getFile() + ": try as root";
            case FileSystemException other when other.getReason() != null -> other.getFile() + ": " + other.getReason();
            case IllegalArgumentException _, IOException _ when e.getMessage() != null -> e.getMessage();
            default -> "unexpected failure: " + e + "; --debug shows where it comes from";
        };
    }

    private static String message(ErrnoException e) {
        String what = String.valueOf(e.getMessage());
        if (e.errno() == Errno.EPERM || e.errno() == Errno.EACCES) {
            return what + ": try as root";
        }
        return e.errno() == Errno.ENOSPC ? what + ": make room on the disk" : what;
    }
}
