package mille.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The module descriptors and the poms say the same graph, and it is the plan's. */
class ModuleGraphTest {
    /** What each module stands on. Through these it may name what they stand on too. */
    private static final Map<String, Set<String>> PLAN = new TreeMap<>(Map.of(
            "linux", Set.of(),
            "testkit", Set.of("linux"),
            "fuse", Set.of("linux"),
            "overlay", Set.of("linux"),
            "mount", Set.of("fuse", "overlay"),
            "oci", Set.of(),
            "engine", Set.of("overlay", "mount", "oci"),
            "cli", Set.of("engine"),
            "benchmark", Set.of("testkit")));

    private static final Pattern REQUIRES = Pattern.compile("\\brequires\\s+(?:\\w+\\s+)*mille\\.(\\w+)\\s*;");
    private static final Pattern DEPENDENCY = Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);
    private static final Pattern OURS = Pattern.compile("<artifactId>mille-(\\w+)</artifactId>");

    @Test
    void theModulesAreThePlans() throws Exception {
        Set<String> modules = new TreeSet<>();
        for (Path module : CodeBase.modules()) {
            modules.add(module.getFileName().toString());
        }
        assertEquals(PLAN.keySet(), modules);
    }

    @Test
    void descriptorsRequireWhatThePlanSays() throws Exception {
        Map<String, Set<String>> required = new TreeMap<>();
        for (String module : PLAN.keySet()) {
            Path descriptor = CodeBase.root().resolve(module + "/src/main/java/module-info.java");
            Set<String> names = new TreeSet<>();
            Matcher matcher = REQUIRES.matcher(Files.readString(descriptor));
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
            required.put(module, withoutWhatOthersBring(module, names));
        }
        assertEquals(PLAN, required);
    }

    @Test
    void pomsDependOnWhatThePlanSays() throws Exception {
        Map<String, Set<String>> dependencies = new TreeMap<>();
        for (String module : PLAN.keySet()) {
            String pom = Files.readString(CodeBase.root().resolve(module + "/pom.xml"));
            Set<String> names = new TreeSet<>();
            Matcher matcher = DEPENDENCY.matcher(pom);
            while (matcher.find()) {
                Matcher ours = OURS.matcher(matcher.group(1));
                if (ours.find() && !matcher.group(1).contains("<scope>test</scope>")) {
                    names.add(ours.group(1));
                }
            }
            dependencies.put(module, withoutWhatOthersBring(module, names));
        }
        assertEquals(PLAN, dependencies);
    }

    /** To name what is there anyway is no new edge. */
    private static Set<String> withoutWhatOthersBring(String module, Set<String> names) {
        Set<String> left = new TreeSet<>(names);
        Set<String> direct = PLAN.getOrDefault(module, Set.of());
        left.removeIf(name -> !direct.contains(name) && direct.stream().anyMatch(known -> reaches(known, name)));
        return left;
    }

    private static boolean reaches(String from, String to) {
        Set<String> direct = PLAN.getOrDefault(from, Set.of());
        return direct.contains(to) || direct.stream().anyMatch(next -> reaches(next, to));
    }
}
