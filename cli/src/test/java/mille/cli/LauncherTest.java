package mille.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./mille} does before and around the Java process. */
class LauncherTest {
    private static final Installation HOST = new Installation();

    @BeforeAll
    static void makeTheImage() throws IOException {
        HOST.mille("run", "--rm", "busybox", "true").orFail();
    }

    @AfterAll
    static void close() throws IOException {
        HOST.close();
    }

    /** Runs a command in a locale that says no more than the given variables do; answers with all that it printed. */
    private static String in(Map<String, String> locale, List<String> command) throws IOException {
        ProcessBuilder builder = Installation.builder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
        builder.environment().putAll(locale);
        return said(0, builder);
    }

    /** All that a command prints. */
    private static String said(int exitCode, ProcessBuilder builder) throws IOException {
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(exitCode, Installation.exitCodeOf(process, builder.command()), said);
        return said;
    }

    /** A path that leads to what the launcher calls, but to no runtime and to no {@code apt-get}. */
    private static Path toolsWithoutRuntime(String name) throws IOException {
        Path tools = HOST.directory(name);
        for (String tool : List.of("bash", "cat", "env", "ldd", "ln", "mktemp", "readlink", "rm")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }
        return tools;
    }

    private static ProcessBuilder withPath(Path tools, List<String> command) {
        ProcessBuilder builder = Installation.builder(command);
        builder.environment().put("PATH", tools.toString());
        return builder;
    }

    private static void writeAptGet(Path tools, String script) throws IOException {
        Path program = Files.writeString(tools.resolve("apt-get"), "#!/bin/bash\n" + script + "\n");
        assertTrue(program.toFile().setExecutable(true));
    }

    private static List<String> run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("run", "--rm"));
        all.addAll(Arrays.asList(arguments));
        return HOST.command(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "C", "POSIX", "C.UTF-8"})
    void namesAndArgumentsAreWhatWasTypedInAnyLocale(String locale) throws IOException {
        Files.writeString(HOST.directory("größe").resolve("名"), "content\n");
        List<String> command = run(
                "-v",
                HOST.path("größe") + ":/größe",
                "-e",
                "EURO=€",
                "busybox",
                "sh",
                "-c",
                "cat /größe/名; echo $EURO \"$1\"",
                "-",
                "naïve");
        Map<String, String> variables = locale.isEmpty() ? Map.of() : Map.of("LC_ALL", locale);
        assertEquals("content\n€ naïve\n", in(variables, command));
    }

    @Test
    void aContainerSeesTheUsersLocaleAndNotOurs() throws IOException {
        List<String> command = run("-e", "LC_ALL", "-e", "LANG", "busybox", "sh", "-c", "echo ${LC_ALL-none} $LANG");
        assertEquals("none de_DE\n", in(Map.of("LANG", "de_DE"), command));
        assertEquals("C\n", in(Map.of("LC_ALL", "C"), command));
    }

    @Test
    void whereThereIsNoJdkOneSentenceTellsWhatToInstall() throws IOException {
        Path installed = Path.of(System.getProperty("java.home")).getParent();
        String hidden =
                "for jdks in " + installed + " /usr/lib/jvm; do [ ! -d $jdks ] || mount -t tmpfs none $jdks; done; ";
        List<String> command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", hidden + "exec \"$@\"", "-"));
        command.addAll(HOST.command("version"));
        ProcessBuilder builder = Installation.builder(command);
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("HOME", HOST.directory("home").toString());
        String said = said(1, builder);
        assertTrue(said.startsWith("Mille needs a JDK of 25 or later and found none: install one, such as"), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void aMissingRuntimeIsInstalledAndThatIsSaid() throws IOException {
        Path tools = toolsWithoutRuntime("tools");
        writeAptGet(tools, "echo Reading package lists...; ln -s $(PATH=/usr/sbin:/usr/bin command -v runc) " + tools);
        List<String> command = run("busybox", "echo", "runs");
        assertEquals("mille: installing runc\nruns\n", said(0, withPath(tools, command)));
        assertEquals("runs\n", said(0, withPath(tools, command)), "it is there now");
    }

    @Test
    void whatCanNotBeInstalledIsSaidWithTheCommandToType() throws IOException {
        Path tools = toolsWithoutRuntime("poor-tools");
        List<String> command = run("busybox", "true");
        String typed = "apt-get install -y --no-install-recommends runc\n";
        assertEquals("mille: this needs runc: type as root: " + typed, said(125, withPath(tools, command)));
        writeAptGet(tools, "echo E: no network; exit 100");
        assertEquals(
                "mille: installing runc\nE: no network\nmille: could not install runc: see above, then type: " + typed,
                said(125, withPath(tools, command)));
    }
}
