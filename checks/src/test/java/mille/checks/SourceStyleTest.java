package mille.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What no compiler looks at: size, leftovers, names, where versions stand. */
class SourceStyleTest {
    private static final int MAX_LINES = 700;

    /** Split, so that this file doesn't find itself. */
    private static final Pattern LEFTOVER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");

    private static final Pattern NOT_RUN = Pattern.compile("@(?:[\\w.]+\\.)?(Dis" + "abled|Ena" + "bledIf|Ena"
            + "bledOn|Ign" + "ore\\b)|\\bassu" + "m(e|ing)\\w*\\(|\\bAssu" + "mptions\\b");

    /** Where somebody's clone, cache or JDK happens to be. */
    private static final Pattern PERSONAL_PATH = Pattern.compile("/ho" + "me/[a-z]+/(src|git|code|workspace)|/Us"
            + "ers/|/wor" + "k/(wt|main|shared)\\b|\\.m" + "2/repository" + "|/usr/lib/jvm/[a-z]");

    private static final Pattern TEST_METHOD = Pattern.compile(
            "@(?:[\\w.]+\\.)?(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property|Example)\\b"
                    + ".*?\\b(?:void|boolean|(?:Stream|List|Collection|Iterable)<[^;(]*>)\\s+(\\w+)\\(",
            Pattern.DOTALL);

    private static final Pattern SENTENCE = Pattern.compile("[a-z][A-Za-z0-9]+");

    private static boolean isText(String name) {
        return name.endsWith(".java")
                || name.endsWith(".md")
                || name.endsWith(".xml")
                || name.endsWith(".sh")
                || name.endsWith(".c")
                || name.endsWith(".yml")
                || !name.contains(".");
    }

    /** The lines that match, as "file:line: text". */
    private static List<String> findings(List<Path> files, Pattern pattern) throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path file : files) {
            List<String> lines = lines(file);
            for (int number = 0; number < lines.size(); number++) {
                if (pattern.matcher(lines.get(number)).find()) {
                    findings.add(CodeBase.name(file) + ":" + (number + 1) + ": "
                            + lines.get(number).strip());
                }
            }
        }
        return findings;
    }

    private static List<String> lines(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .lines()
                .toList();
    }

    @Test
    void noFileIsTooLongToRead() throws Exception {
        List<String> tooLong = new ArrayList<>();
        List<Path> files = CodeBase.javaFiles();
        for (Path file : files) {
            int lines = lines(file).size();
            if (lines > MAX_LINES) {
                tooLong.add(CodeBase.name(file) + ": " + lines + " lines");
            }
        }
        assertEquals(List.of(), tooLong);
        assertTrue(files.size() > 100, "only " + files.size() + " files were looked at");
    }

    @Test
    void nothingIsLeftForLater() throws Exception {
        assertEquals(List.of(), findings(CodeBase.files(CodeBase.root(), SourceStyleTest::isText), LEFTOVER));
    }

    @Test
    void noTestIsSkipped() throws Exception {
        assertEquals(List.of(), findings(CodeBase.javaFiles(), NOT_RUN));
    }

    @Test
    void noFileKnowsSomebodysMachine() throws Exception {
        List<Path> files = CodeBase.files(CodeBase.root(), SourceStyleTest::isText);
        // It looks for JDKs, in all the places where there may be one.
        files.removeIf(file -> file.endsWith(".mvn/find-jdk.sh"));
        assertEquals(List.of(), findings(files, PERSONAL_PATH));
    }

    @Test
    void eachModuleSaysWhatItExports() throws Exception {
        for (Path module : CodeBase.modules()) {
            assertTrue(
                    Files.exists(module.resolve("src/main/java/module-info.java")),
                    () -> CodeBase.name(module) + " has no module-info.java");
        }
    }

    @Test
    void eachPackageIsNullMarked() throws Exception {
        Set<String> unmarked = new TreeSet<>();
        for (Path module : CodeBase.modules()) {
            Path main = module.resolve("src/main/java");
            Path tests = module.resolve("src/test/java");
            for (Path sources : List.of(main, tests)) {
                for (Path file : CodeBase.files(sources, name -> name.endsWith(".java"))) {
                    Path parent = sources.relativize(file).getParent();
                    if (parent != null && !isMarked(main.resolve(parent)) && !isMarked(tests.resolve(parent))) {
                        unmarked.add(CodeBase.name(file.resolveSibling("package-info.java")) + " lacks @NullMarked");
                    }
                }
            }
        }
        assertEquals(Set.of(), unmarked);
    }

    private static boolean isMarked(Path directory) throws IOException {
        Path info = directory.resolve("package-info.java");
        return Files.exists(info) && Files.readString(info).contains("@NullMarked");
    }

    @Test
    void versionsStandInTheRootPomAlone() throws Exception {
        List<String> misplaced = new ArrayList<>();
        for (Path pom : CodeBase.files(CodeBase.root(), name -> name.equals("pom.xml"))) {
            String text = Files.readString(pom);
            if (pom.equals(CodeBase.root().resolve("pom.xml"))) {
                Matcher literal = Pattern.compile("<artifactId>([^<]+)</artifactId>\\s*<version>([^$<][^<]*)<")
                        .matcher(text);
                while (literal.find()) {
                    if (!literal.group(1).equals("mille")) {
                        misplaced.add(
                                "pom.xml: " + literal.group(1) + " has its version in place, not among the properties");
                    }
                }
            } else if (text.replaceFirst("(?s)<parent>.*?</parent>", "").contains("<version>")) {
                misplaced.add(CodeBase.name(pom) + " names a version");
            }
        }
        assertEquals(List.of(), misplaced);
    }

    @Test
    void eachThirdPartyLibraryIsExplained() throws Exception {
        String explained = Files.readString(CodeBase.root().resolve("docs/dependencies.md"));
        Set<String> unexplained = new TreeSet<>();
        for (Path pom : CodeBase.files(CodeBase.root(), name -> name.equals("pom.xml"))) {
            if (pom.equals(CodeBase.root().resolve("pom.xml"))) {
                continue;
            }
            Matcher dependency = Pattern.compile(
                            "<dependency>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>")
                    .matcher(Files.readString(pom));
            while (dependency.find()) {
                if (!dependency.group(1).equals("mille") && !explained.contains(dependency.group(2))) {
                    unexplained.add(dependency.group(2) + ", used by " + CodeBase.name(pom));
                }
            }
        }
        assertEquals(Set.of(), unexplained);
    }

    @Test
    void eachTestIsFoundByTheRunnerAndNamedByASentence() throws Exception {
        List<String> wrong = new ArrayList<>();
        int tests = 0;
        for (Path file : CodeBase.javaFiles()) {
            String text = Files.readString(file);
            String type = file.getFileName().toString().replace(".java", "");
            boolean isInTests = CodeBase.name(file).contains("src/test/");
            boolean isAbstract = text.contains("abstract class " + type) || text.contains("interface " + type);
            Matcher method = TEST_METHOD.matcher(text.replaceAll("(?s)/\\*.*?\\*/|//[^\n]*", ""));
            boolean hasTests = false;
            while (method.find()) {
                hasTests = true;
                tests++;
                if (!SENTENCE.matcher(method.group(1)).matches()) {
                    wrong.add(CodeBase.name(file) + ": " + method.group(1) + " is no camelCase sentence");
                }
            }
            if (isInTests && hasTests && !isAbstract && !type.endsWith("Test")) {
                wrong.add(CodeBase.name(file) + " holds tests, but only *Test classes are run");
            }
            if (isInTests && type.endsWith("Test") && !hasTests && !text.contains(" extends ")) {
                wrong.add(CodeBase.name(file) + " holds no test");
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(tests > 50, "only " + tests + " tests were found");
    }

    @Test
    void eachModuleHasTests() throws Exception {
        for (Path module : CodeBase.modules()) {
            List<Path> types = CodeBase.files(
                    module.resolve("src/main/java"), name -> name.endsWith(".java") && !name.contains("-info"));
            List<Path> tests = CodeBase.files(module.resolve("src/test"), name -> name.endsWith("Test.java"));
            assertTrue(types.isEmpty() || !tests.isEmpty(), () -> CodeBase.name(module) + " has no test");
        }
    }

    @Test
    void scriptsCanBeRun() throws Exception {
        for (String script : List.of("mvnw", "test", "bench", ".ci/run")) {
            assertTrue(Files.isExecutable(CodeBase.root().resolve(script)), () -> script + " is not executable");
        }
    }

    @Test
    void noTypeIsADrawerForWhatHasNoPlace() throws Exception {
        List<String> drawers = new ArrayList<>();
        for (Path file : CodeBase.javaFiles()) {
            String name = file.getFileName().toString();
            if (name.matches(".*(Util|Utils|Helper|Helpers|Manager)(Test)?\\.java")) {
                drawers.add(CodeBase.name(file));
            }
        }
        assertEquals(List.of(), drawers);
    }
}
