package mille.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mille version} */
@Command(name = "version", description = "Show which Mille, Java and kernel this is.")
final class VersionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        Properties build = new Properties();
        try (InputStream properties = VersionCommand.class.getResourceAsStream("build.properties")) {
            build.load(properties);
        }
        out.println("Mille:  " + build.getProperty("version"));
        out.println("Java:   " + Runtime.version());
        out.println("Kernel: " + System.getProperty("os.name") + " " + System.getProperty("os.version"));
        return 0;
    }
}
