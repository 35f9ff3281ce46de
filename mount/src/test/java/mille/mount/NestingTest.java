package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mille.testkit.Command;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** An overlay whose lower layer lies in an overlay: the lower one keeps what is meant for the upper one. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NestingTest {
    /** Who mounts below, and who upon it. */
    record Pair(OverlayDriver below, OverlayDriver upon) {}

    static final List<Pair> PAIRS = List.of(
            new Pair(OverlayDriver.KERNEL, OverlayDriver.KERNEL),
            new Pair(FuseDriver.OURS, OverlayDriver.KERNEL),
            new Pair(OverlayDriver.KERNEL, FuseDriver.OURS),
            new Pair(FuseDriver.OURS, FuseDriver.OURS));

    /** In the inner overlay's only lower layer lie two layers for the outer one, with marks that are escaped once. */
    private static final String MAKE = """
            cd "$1"; mkdir -p top/dir top/opaque bottom/dir bottom/opaque
            echo bottom > bottom/dir/hidden; echo bottom > bottom/dir/kept; echo bottom > bottom/opaque/hidden
            touch top/dir/hidden; setfattr -n trusted.overlay.overlay.whiteout -v y top/dir/hidden
            setfattr -n trusted.overlay.overlay.opaque -v x top/dir
            setfattr -n trusted.overlay.overlay.opaque -v y top/opaque
            echo top > top/opaque/own
            """;

    private static final String ADD = """
            cd "$1"; mkdir -p top/later bottom/later; echo bottom > bottom/later/hidden; echo top > top/later/own
            setfattr -n trusted.overlay.opaque -v y top/later
            getfattr -dm- top/dir top/later
            """;

    private static final String CHANGE = """
            cd "$1"; echo new > dir/hidden; echo more >> dir/kept; rm opaque/own; mv later moved
            find . -type f -exec tail -n +1 {} + | sort; find . | sort
            """;

    private static String seen(Pair pair) throws IOException {
        try (OverlayFixture inner = new OverlayFixture(pair.below(), 1);
                OverlayFixture outer = new OverlayFixture(pair.upon(), 1)) {
            Command.run("bash", "-euc", MAKE, "", inner.lower().toString());
            Path merged = inner.mount();
            String shown = Command.run("bash", "-euc", ADD, "", merged.toString());
            // What was set through the overlay is stored with the escape.
            Command.run(
                    "getfattr",
                    "-n",
                    "trusted.overlay.overlay.opaque",
                    inner.upper().resolve("top/later").toString());
            OverlaySpec spec = OverlaySpec.writable(
                    List.of(merged.resolve("top"), merged.resolve("bottom")),
                    outer.upper(),
                    outer.work(),
                    "index=off,redirect_dir=on");
            String changed =
                    Command.run("bash", "-euc", CHANGE, "", outer.mount(spec).toString());
            outer.unmount();
            assertEquals("bottom\n", Files.readString(merged.resolve("bottom/dir/kept")));
            return shown + changed;
        }
    }

    @ParameterizedTest
    @FieldSource("PAIRS")
    void layersInAnOverlayAreAsGoodAsElsewhere(Pair pair) throws IOException {
        assertEquals(seen(PAIRS.getFirst()), seen(pair));
    }
}
