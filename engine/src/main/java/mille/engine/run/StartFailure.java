package mille.engine.run;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A container that didn't come to run, with the exit code that Docker gives such a one and a sentence for a person. */
public final class StartFailure extends IOException {
    private static final long serialVersionUID = 1;

    /** The fault is ours, the runtime's or the options'. */
    public static final int OURS = 125;

    /** The command is there, and can't be executed. */
    static final int NOT_EXECUTABLE = 126;

    /** There is no such command. */
    static final int NOT_FOUND = 127;

    // runc: exec: "name": reason; crun: executable file `name` not found ..., open executable: reason
    private static final Pattern OF_RUNC = Pattern.compile("exec: \"(.*?)\": (.*)", Pattern.DOTALL);
    private static final Pattern OF_CRUN =
            Pattern.compile("(?:executable file `(.*?)` not found|open executable).*", Pattern.DOTALL);

    private final int exitCode;

    StartFailure(int exitCode, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }

    /** Reads what a runtime said. */
    static StartFailure of(String message) {
        Matcher runc = OF_RUNC.matcher(message);
        if (runc.find()) {
            return ofCommand("'" + runc.group(1) + "'", runc.group(2));
        }
        Matcher crun = OF_CRUN.matcher(message);
        if (crun.find()) {
            return ofCommand(crun.group(1) == null ? "the command" : "'" + crun.group(1) + "'", message);
        }
        String said = message.isEmpty() ? "it said nothing" : message.strip().replaceAll("\\s+", " ");
        return new StartFailure(OURS, "the runtime could not make the container: " + said, null);
    }

    private static StartFailure ofCommand(String command, String reason) {
        String said = reason.strip();
        if (said.contains("not found in $PATH")) {
            return new StartFailure(
                    NOT_FOUND,
                    command
                            + " is not found in the container's PATH: give a command that the image has, or its full path",
                    null);
        }
        if (said.contains("no such file or directory") || said.contains("No such file or directory")) {
            return new StartFailure(
                    NOT_FOUND, command + " is not in the container: give a command that the image has", null);
        }
        return new StartFailure(
                NOT_EXECUTABLE,
                command + " can't be executed (" + said + "): give a file that has the right to be executed",
                null);
    }
}
