package mille.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mille.testkit.Command;
import mille.testkit.MountPoint;
import mille.testkit.TemporaryFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trials of the kernel's overlay, on two layers with a file each. */
class TrialTest {
    private static final Peer KERNEL =
            new Peer("kernel", Peer.Family.KERNEL, List.of("mount", "-t", "overlay", "overlay"));
    private static final Row FIND = Row.named(List.of("find")).getFirst();

    @SuppressWarnings("NullAway.Init") // by the method below
    private TemporaryFileSystem memory;

    @SuppressWarnings("NullAway.Init")
    private Stack stack;

    @BeforeEach
    void makeLayers() throws IOException {
        memory = TemporaryFileSystem.tmpfs(16 << 20);
        stack = new Stack(memory.root(), 2);
        Files.createDirectories(stack.lowers().resolve("0"));
        Files.createDirectories(stack.lowers().resolve("1"));
        Files.writeString(stack.lowers().resolve("0/below"), "below");
        Files.writeString(stack.lowers().resolve("1/above"), "above");
    }

    @AfterEach
    void nothingIsLeftMounted() throws IOException {
        try {
            assertEquals(List.of(memory.root()), MountPoint.beneath(memory.root()));
        } finally {
            memory.close();
        }
    }

    private Outcome play(Row row, Peer peer) throws IOException, InterruptedException {
        return new Trial(stack, Cpus.ALL, Duration.ofSeconds(60), true).run(row, peer);
    }

    @Test
    void aTrialGivesAllFiguresOfItsRowAndWhatItSaw() throws Exception {
        Outcome.Measured measured = assertInstanceOf(Outcome.Measured.class, play(FIND, KERNEL));
        assertEquals(Set.of("find cold", "find warm"), measured.figures().keySet());
        measured.figures().forEach((name, seconds) -> assertTrue(seconds > 0, name));
        assertEquals(Set.of("entries"), measured.checks().keySet());
    }

    @Test
    void whatIsSeenIsTheSameOnASecondMountAndAnotherOnOtherLayers() throws Exception {
        Map<String, String> first =
                assertInstanceOf(Outcome.Measured.class, play(FIND, KERNEL)).checks();
        Map<String, String> second =
                assertInstanceOf(Outcome.Measured.class, play(FIND, KERNEL)).checks();
        assertEquals(first, second);
        Files.delete(stack.lowers().resolve("0/below"));
        Map<String, String> third =
                assertInstanceOf(Outcome.Measured.class, play(FIND, KERNEL)).checks();
        assertNotEquals(first, third);
    }

    @Test
    void aPeerThatMountsNothingHasFailed() throws Exception {
        Peer idler = new Peer("idler", Peer.Family.KERNEL, List.of("true"));
        assertEquals(new Outcome.Failed("nothing is mounted after the command that mounts"), play(FIND, idler));
    }

    @Test
    void aPeerThatCannotMountFailsWithWhatItSaid() throws Exception {
        Peer refuser = new Peer(
                "refuser", Peer.Family.KERNEL, List.of("bash", "-c", "echo no such layer >&2; echo really; exit 3"));
        assertEquals(new Outcome.Failed("no such layer; really"), play(FIND, refuser));
    }

    @Test
    void aTrialThatIsNotDoneInTimeIsEndedAndItsMountTakenAway() throws Exception {
        Peer sleeper = new Peer(
                "sleeper",
                Peer.Family.KERNEL,
                List.of("bash", "-c", "mount -t overlay overlay \"$@\"; exec sleep 600", "mount"));
        Outcome outcome = new Trial(stack, Cpus.ALL, Duration.ofSeconds(1), true).run(FIND, sleeper);
        assertEquals(new Outcome.Failed("still ran after 1 s"), outcome);
        assertTrue(ProcessHandle.allProcesses()
                .noneMatch(process -> process.info()
                        .commandLine()
                        .orElse("")
                        .contains(stack.merged().toString())));
    }

    @Test
    void allScriptsAreThereAndNameTheirMeasures() throws Exception {
        Path file = memory.root().resolve("script");
        for (Row row : Row.all()) {
            String text = Scripts.text("trial.sh") + Scripts.text("rows/" + row.script() + ".sh");
            Files.writeString(file, text);
            Command.run("bash", "-n", file.toString());
            for (String measure : row.measures().keySet()) {
                assertTrue(
                        text.contains("'" + measure + "'") || text.contains("measure " + measure + " "),
                        row.name() + " lacks " + measure);
            }
        }
    }
}
