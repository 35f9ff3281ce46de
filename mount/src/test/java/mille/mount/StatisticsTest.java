package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mille.linux.ErrnoException;
import mille.testkit.Command;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.Playground;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a mount says of itself. */
final class StatisticsTest {
    private static final String XATTR = "trusted.mille.stats";
    private static final int LARGE_BYTES = 4 * EagerFiles.SMALL_BYTES;

    private OverlayFixture overlay;
    private Playground merged;

    private OverlayDriver driver = FuseDriver.OURS;

    @BeforeEach
    void mount() throws IOException {
        overlay = new OverlayFixture((spec, directory) -> driver.mount(spec, directory), 1);
        Files.writeString(overlay.lower().resolve("small"), "small");
        Files.write(overlay.lower().resolve("large"), new byte[LARGE_BYTES]);
        Files.createDirectory(overlay.lower().resolve("directory"));
        merged = Playground.at(overlay.mount());
    }

    private void mount(OverlayDriver chosen, String... options) throws IOException {
        merged.close();
        driver = chosen;
        merged = Playground.at(overlay.mount(options));
    }

    @AfterEach
    void close() throws IOException {
        merged.close();
        overlay.close();
    }

    private String json() throws IOException {
        return Objects.requireNonNull(merged.xattr(".", XATTR));
    }

    /** A number of an opcode; 0 where it never came. */
    private static long of(String opcode, String member, String json) {
        Matcher found = Pattern.compile("\"opcode\":\"" + opcode + "\"[^}]*?\"" + member + "\":(\\d+)")
                .matcher(json);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    private static long of(String member, String json) {
        Matcher found = Pattern.compile("\"" + member + "\":\\{?(\\d+)").matcher(json);
        assertTrue(found.find(), () -> member + " in " + json);
        return Long.parseLong(found.group(1));
    }

    private static String group(String member, String json) {
        Matcher found = Pattern.compile("\"" + member + "\":(\\{[^}]*\\})").matcher(json);
        assertTrue(found.find(), () -> member + " in " + json);
        return found.group(1);
    }

    private void createTen() throws IOException {
        for (int i = 0; i < 10; i++) {
            merged.write("new" + i, "12345678");
        }
        String json = json();
        assertEquals(10, of("CREATE", "count", json), json);
        assertEquals(0, of("CREATE", "errors", json), json);
        assertEquals(0, of("MKDIR", "count", json), json);
        assertTrue(of("CREATE", "maxNanos", json) > 0, json);
        assertTrue(of("CREATE", "p50Nanos", json) <= of("CREATE", "maxNanos", json), json);
    }

    @Test
    void requestsAreCountedByTheTimeTheyAreAnswered() throws IOException {
        mount(new FuseDriver("transport=dev,passthrough=off"));
        createTen();
        assertTrue(json().contains("\"transport\":\"dev\""), json());
        assertEquals(80, of("written", group("bytes", json())));
        merged.mkdir("made");
        assertEquals(1, of("MKDIR", "count", json()));
    }

    @Test
    void requestsOverIoUringAreCountedToo() throws IOException {
        mount(FuseDriver.OVER_IO_URING);
        assertTrue(json().contains("\"transport\":\"uring\""), json());
        createTen();
    }

    @Test
    void failuresAreCountedAsSuch() throws IOException {
        assertNull(merged.xattr("small", "user.absent"));
        assertNull(merged.xattr("small", "user.absent"));
        String json = json();
        assertEquals(2, of("GETXATTR", "errors", json), json);
        assertEquals(3, of("GETXATTR", "count", json()), json); // the one before this one is the third
    }

    @Test
    void opensAreCountedByTheWayTheDataGoes() throws IOException {
        assertTrue(json().contains("\"open\":\"eager\",\"passthrough\":\"on\""), json());
        merged.read("small");
        merged.read("small");
        merged.read("large");
        String json = json();
        assertEquals(
                "{\"passedThrough\":1,\"pushed\":1,\"cached\":1,\"lazy\":0,\"lazyReuses\":0}", group("opens", json));
        assertEquals(5, of("pushed", group("bytes", json)), json);
        assertEquals(0, of("READ", "count", json), json);
    }

    @Test
    void filesThatTheKernelOpensByItselfAreCountedWhenTheyAreReadFirst() throws IOException {
        mount(FuseDriver.LAZY);
        assertTrue(json().contains("\"open\":\"lazy\",\"passthrough\":\"off\""), json());
        merged.read("small");
        merged.read("small");
        String json = json();
        assertEquals(1, of("lazy", group("opens", json)), json);
        assertEquals(5, of("read", group("bytes", json)), json);
        assertEquals(1, of("OPEN", "errors", json), json);
    }

    @Test
    void copyUpsAreCountedWithWhatTheyCopied() throws IOException {
        assertEquals(0, of("count", group("copyUps", json())));
        merged.append("small", "er");
        merged.append("small", "er");
        merged.chmod("directory", 0700);
        String json = group("copyUps", json());
        assertEquals(2, of("count", json), json);
        assertEquals(5, of("bytes", json), json);
        assertEquals(1, of("withoutData", json), json);
        assertEquals(1, of("inKernel", json), json); // ext4 shares no extents
    }

    @Test
    void namesThatAreKnownAndNamesThatAreSearchedAreCounted() throws IOException {
        mount(FuseDriver.OURS, "timeout=0");
        assertFalse(merged.exists("absent"));
        String before = json();
        assertEquals(0, of("lookupHits", before), before);
        assertEquals(1, of("lookupMisses", before), before);
        merged.stat("small");
        merged.stat("small");
        merged.stat("small");
        String json = json();
        assertEquals(2, of("lookupHits", json), json);
        assertEquals(2, of("lookupMisses", json), json);
        assertEquals(2, of("known", json), json);
    }

    @Test
    void onlyAdministratorsCanReadThemAndNobodySeesThemListed() throws IOException {
        assertFalse(merged.xattrs(".").contains(XATTR));
        String ask = "getfattr --absolute-names --only-values -n " + XATTR + " " + overlay.merged();
        assertTrue(Command.run("sh", "-c", ask).startsWith("{\"transport\""));
        assertRefused("setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin " + ask);
        assertRefused("setpriv --reuid=1234 --clear-groups " + ask);
        assertRefused("unshare --user --map-root-user " + ask);
    }

    private static void assertRefused(String command) throws IOException {
        Command.Outcome refused = Command.attempt(Duration.ofSeconds(10), "env", "LC_ALL=C", "sh", "-c", command);
        assertTrue(refused.errors().endsWith(XATTR + ": No such attribute\n"), refused.errors());
        assertEquals("", refused.output());
    }

    @Test
    void noLayerHearsOfThem() throws IOException {
        assertThrows(ErrnoException.class, () -> merged.setXattr(".", XATTR, "mine"));
        assertThrows(ErrnoException.class, () -> merged.removeXattr(".", XATTR));
        try (Playground upper = Playground.at(overlay.upper())) {
            upper.setXattr(".", XATTR, "a layer's own");
            assertNull(merged.xattr("directory", XATTR));
            merged.setXattr("directory", XATTR, "any other");
            assertEquals("any other", merged.xattr("directory", XATTR));
            assertTrue(json().startsWith("{"));
            assertFalse(merged.xattrs(".").contains(XATTR));
            assertEquals("a layer's own", upper.xattr(".", XATTR));
        }
    }

    @Test
    void aDirectoryThatWasReadIsNotAskedForAgain() throws IOException {
        for (int i = 0; i < 100; i++) {
            Files.writeString(overlay.lower().resolve("directory/file" + i), "x");
        }
        mount(FuseDriver.OURS);
        Path directory = overlay.merged().resolve("directory");
        assertEquals(100, namesAndSizes(directory));
        String cold = json();
        assertEquals(0, of("LOOKUP", "count", cold) - 1, cold); // the directory itself
        assertEquals(0, of("RELEASEDIR", "count", cold), cold);
        assertEquals(100, namesAndSizes(directory));
        assertEquals(of("READDIRPLUS", "count", cold), of("READDIRPLUS", "count", json()));
        assertEquals(of("OPENDIR", "count", cold), of("OPENDIR", "count", json()));
        merged.write("directory/new", "x");
        assertEquals(101, namesAndSizes(directory));
    }

    private static long namesAndSizes(Path directory) throws IOException {
        return Command.run("find", directory.toString(), "-type", "f", "-size", "-1000", "-printf", "%s\n")
                .lines()
                .count();
    }
}
