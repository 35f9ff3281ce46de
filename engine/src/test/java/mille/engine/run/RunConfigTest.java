package mille.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import mille.engine.run.BindMount.Access;
import mille.oci.ProcessDefaults;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunConfigTest {
    private static final ProcessDefaults IMAGE = new ProcessDefaults(
            "alice",
            List.of("PATH=/bin", "A=image"),
            List.of("entry"),
            List.of("cmd"),
            "/work",
            Map.of("from", "image"),
            new TreeSet<>(Set.of("/data")),
            Collections.emptySortedSet(),
            "SIGQUIT",
            null,
            null,
            List.of(),
            List.of());

    private static RunRequest request(
            List<String> command, @Nullable List<String> entrypoint, List<String> env, BindMount... mounts) {
        return new RunRequest(
                command,
                entrypoint,
                env,
                null,
                null,
                null,
                Map.of("mine", "yes"),
                List.of(mounts),
                NetworkMode.NONE,
                Set.of(RunFlag.STDIN, RunFlag.AUTO_REMOVE),
                "runc");
    }

    @Test
    void whatTheUserLeavesOpenTheImageSays() {
        RunConfig config = RunConfig.of(IMAGE, request(List.of(), null, List.of()));
        assertEquals(List.of("entry", "cmd"), config.arguments());
        assertEquals("alice", config.user());
        assertEquals("/work", config.workingDir());
        assertEquals(List.of("PATH=/bin", "A=image"), config.env());
        assertEquals(Map.of("from", "image", "mine", "yes"), config.labels());
        assertEquals(List.of(new BindMount(null, "/data", Access.READ_WRITE)), config.mounts());
    }

    @Test
    void aCommandReplacesTheImagesArgumentsAndAnEntrypointBoth() {
        assertEquals(
                List.of("entry", "x"),
                RunConfig.of(IMAGE, request(List.of("x"), null, List.of())).arguments());
        assertEquals(
                List.of("other"),
                RunConfig.of(IMAGE, request(List.of(), List.of("other"), List.of()))
                        .arguments());
        assertEquals(
                List.of("x"),
                RunConfig.of(IMAGE, request(List.of("x"), List.of(), List.of())).arguments());
        assertThrows(
                IllegalArgumentException.class,
                () -> RunConfig.of(ProcessDefaults.NONE, request(List.of(), null, List.of())));
    }

    @Test
    void variablesAreReplacedInPlaceAndTakenAway() {
        RunConfig config = RunConfig.of(IMAGE, request(List.of(), null, List.of("PATH=/mine", "B=b", "A")));
        assertEquals(List.of("PATH=/mine", "B=b"), config.env());
    }

    @Test
    void aBindHidesTheImagesVolumeAtItsPlace() {
        BindMount bind = new BindMount(Path.of("/host"), "/data", Access.READ_ONLY);
        assertEquals(
                List.of(bind),
                RunConfig.of(IMAGE, request(List.of(), null, List.of(), bind)).mounts());
        assertThrows(
                IllegalArgumentException.class,
                () -> RunConfig.of(IMAGE, request(List.of(), null, List.of(), bind, bind)));
    }

    @Test
    void whatIsKeptIsReadAgain() {
        BindMount bind = new BindMount(Path.of("/host"), "/in", Access.READ_ONLY);
        RunConfig config = RunConfig.of(IMAGE, request(List.of("a b", "c\"d"), null, List.of("X=<&>"), bind));
        String kept = config.toJson().toString();
        RunConfig read = RunConfig.fromJson(JsonParser.parseString(kept).getAsJsonObject());
        assertEquals(config, read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:/b", "/a:b", "/a:/", "/a:/b:rx", "/a:/b:ro:x", "relative", ":/b"})
    void aVolumeThatMeansNothingIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> BindMount.parse(text));
    }

    @Test
    void aVolumesPathMayBeRelativeToWhereOneStands() {
        assertEquals(
                new BindMount(Path.of("x").toAbsolutePath(), "/b", Access.READ_ONLY), BindMount.parse("./x:/b:ro"));
    }
}
