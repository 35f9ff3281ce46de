package mille.checks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What ARCHITECTURE.md forbids, of the classes of all modules. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("mille");

    /** Which rooms a room may know, directly or through others. */
    private static final Map<String, Set<String>> ROOMS = Map.of(
            "linux", Set.of(),
            "testkit", Set.of("linux"),
            "fuse", Set.of("linux"),
            "overlay", Set.of("linux"),
            "mount", Set.of("linux", "fuse", "overlay"),
            "oci", Set.of(),
            "engine", Set.of("linux", "fuse", "overlay", "mount", "oci"),
            "cli", Set.of("linux", "fuse", "overlay", "mount", "oci", "engine"),
            "benchmark", Set.of("linux", "testkit"));

    @Test
    void eachRoomIsSeen() {
        for (String room : ROOMS.keySet()) {
            assertTrue(
                    CLASSES.stream().anyMatch(type -> type.getPackageName().startsWith("mille." + room)),
                    () -> "no class of " + room + " is on the class path, so that nothing about it is checked");
        }
    }

    @Test
    void noRoomKnowsOneThatItMustNot() {
        ROOMS.forEach((room, known) -> {
            String[] forbidden = Stream.concat(ROOMS.keySet().stream(), Stream.of("checks", "server"))
                    .filter(other -> !other.equals(room) && !known.contains(other))
                    .map(other -> "mille." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("mille." + room + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(forbidden)
                    .because(room + " stands on " + known + " alone")
                    .check(CLASSES);
        });
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("mille.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void rawMemoryAndRawCallsHaveOneWay() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .because("it takes a fifth of a mount's start (docs/adr/0014)")
                .check(CLASSES);
    }

    @Test
    void twoClassesAloneReachIntoTheJdk() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("mille.linux.NativeBuffer") // docs/adr/0012
                .and()
                .doNotHaveFullyQualifiedName("mille.linux.DirectCall") // docs/adr/0014
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("sun..", "jdk.internal..", "com.sun..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineSpeaksToTheTerminal() {
        noClasses()
                .that(not(resideInAnyPackage("mille.cli..", "mille.testkit..", "mille.benchmark..")))
                .should(ACCESS_STANDARD_STREAMS)
                .because("what a user sees is printed in one place")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineSetsUpLogging() {
        noClasses()
                .that(not(resideInAnyPackage("mille.cli..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.logging..", "org.apache.log4j..", "org.apache.commons.logging..")
                .because("the others log through System.Logger")
                .check(CLASSES);
    }

    @Test
    void whereRequestsAreServedLoggersAreLookedForLate() {
        noClasses()
                .that()
                .resideInAnyPackage("mille.linux..", "mille.fuse..", "mille.overlay..", "mille.mount..")
                .and()
                .doNotHaveFullyQualifiedName("mille.linux.LateLogger")
                .should()
                .callMethod(System.class, "getLogger", String.class)
                .because("that reads every jar, and a mount's start would wait for it (docs/adr/0015)")
                .check(CLASSES);
    }

    @Test
    void exceptionsHaveNames() {
        noClasses().should(THROW_GENERIC_EXCEPTIONS).check(CLASSES);
    }

    @Test
    void noTypeIsADrawerForWhatHasNoPlace() {
        classes()
                .should()
                .haveNameNotMatching("(?i).*[.$]\\w*(util|utils|utility|utilities|helper|helpers|manager)(\\$.*)?")
                .because("a type is named by the thing that it is")
                .check(CLASSES);
    }
}
