package mille.cli;

import java.io.IOException;
import java.util.List;
import mille.engine.model.EngineException;
import picocli.CommandLine;

/** A command for several names: one that fails doesn't keep it from the others. */
final class Each {
    /** What is done with one of them. */
    @FunctionalInterface
    interface Action {
        void with(String name) throws IOException;
    }

    private Each() {}

    /**
     * @return the command's exit code
     */
    static int of(CommandLine command, List<String> names, Action action) throws IOException {
        int exitCode = 0;
        for (String name : names) {
            try {
                action.with(name);
            } catch (EngineException e) {
                command.getOut().flush();
                command.getErr().println("mille: " + e.getMessage());
                exitCode = 1;
            }
        }
        return exitCode;
    }
}
