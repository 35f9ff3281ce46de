package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mille.testkit.Command;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What a crash left in the work directory and in the index goes with the next mount, by us as by the kernel; what is of use stays. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class IndexSweepTest {
    static final List<OverlayDriver> DRIVERS = List.of(FuseDriver.OURS, OverlayDriver.KERNEL);

    private static final String MAKE = """
            cd "$1"; for name in kept gone orphan; do echo $name > $name; ln $name $name-too; done
            """;

    /** Three files in the index: the first is whole, the lower file of the second is gone, no name leads to the third. */
    private static final String BREAK = """
            cd "$3/index"
            for name in gone orphan; do
              eval $name=$(find . -samefile "$2/$name" -printf '%P')
            done
            setfattr -n trusted.overlay.nlink -v U-2 $orphan
            rm "$2/orphan" "$2/gone" "$1/gone" "$1/gone-too"
            touch '#17'; echo half > "$3/work/#3"; mkdir -p "$3/work/#4/deep"
            """;

    @ParameterizedTest
    @FieldSource("DRIVERS")
    void whatLeadsNowhereGoes(OverlayDriver driver) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(driver, 1)) {
            run(MAKE, layers);
            layers.mount("index=on");
            Command.run(
                    "bash",
                    "-euc",
                    "cd \"$1\"; for name in kept gone orphan; do echo x >> $name; done",
                    "change",
                    layers.merged().toString());
            layers.unmount();
            run(BREAK, layers);
            assertEquals("4", indexed(layers));
            layers.mount("index=on");
            assertEquals("1", indexed(layers));
            String merged = layers.merged().toString();
            assertEquals("kept\nx\n", Command.run("cat", merged + "/kept-too"));
            assertEquals("2\n", Command.run("stat", "-c", "%h", merged + "/kept"));
            layers.unmount();
            assertEquals("", Command.run("find", layers.work() + "/work", "-mindepth", "1"));
        }
    }

    private static void run(String script, OverlayFixture layers) throws IOException {
        Command.run(
                "bash",
                "-euc",
                script,
                "script",
                layers.lower().toString(),
                layers.upper().toString(),
                layers.work().toString());
    }

    private static String indexed(OverlayFixture layers) throws IOException {
        return Command.run("bash", "-euc", "ls \"$1\" | wc -l", "", layers.work() + "/index")
                .strip();
    }

    /** An origin has the UUID in sixteen bytes after a header of five. */
    @ParameterizedTest
    @FieldSource("DRIVERS")
    void withoutUuidsHandlesHoldForACopyOfTheFileSystem(OverlayDriver driver) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(driver, 1)) {
            run(MAKE, layers);
            String merged = layers.mount("index=on", "uuid=off").toString();
            Command.run("bash", "-euc", "echo x >> \"$1/kept\"", "", merged);
            layers.unmount();
            String origin = Command.run(
                    "bash",
                    "-euc",
                    "getfattr --absolute-names -e hex -n trusted.overlay.origin \"$1/kept\" | sed -n s/.*=0x//p",
                    "",
                    layers.upper().toString());
            assertEquals("0".repeat(32), origin.substring(10, 42));
            merged = layers.mount("index=on", "uuid=off").toString();
            assertEquals("kept\nx\n", Command.run("cat", merged + "/kept-too"));
        }
    }
}
