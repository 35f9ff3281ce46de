package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mille.testkit.Command;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who reads leaves his trace in times of access where the options of the mount, and the layers', say so. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AtimeTest {
    private static final String READ_LONG_AGO = "touch -ad @100 \"$1\"/dir/small \"$1\"/dir";
    private static final String MAKE = "cd \"$1\"; mkdir dir; echo x > dir/small; " + READ_LONG_AGO;
    private static final String READ = "cd \"$1\"; ls dir; cat dir/small > /dev/null";

    /** The kernel's overlay, as mount(8) mounts it, and ours in each way to open files. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kernel       | noatime    | same | same
            kernel       | nodiratime | new | same
            kernel       | relatime   | new | new
            open=eager   | noatime    | same | same
            open=eager   | nodiratime | new | same
            open=eager   | relatime   | new | new
            open=lazy    | noatime    | same | same
            open=lazy    | nodiratime | new | same
            open=lazy    | relatime   | new | new
            """)
    void theUpperLayerIsStampedAsTheMountSays(String how, String option, String files, String directory)
            throws IOException {
        try (OverlayFixture layers =
                new OverlayFixture(how.equals("kernel") ? AtimeTest::byMountCommand : FuseDriver.OURS, 1)) {
            shell(MAKE, layers.upper());
            String[] options = how.equals("kernel") ? new String[] {option} : new String[] {how, option};
            shell(READ, layers.mount(options));
            layers.unmount();
            assertEquals(List.of(files, directory), stamps(layers.upper()));
        }
    }

    @Test
    void aLowerLayerIsNeverStamped() throws IOException {
        for (OverlayDriver driver : List.of(OverlayDriver.KERNEL, FuseDriver.OURS)) {
            try (OverlayFixture layers = new OverlayFixture(driver, 1)) {
                shell(MAKE, layers.lower());
                shell(READ, layers.mount());
                layers.unmount();
                assertEquals(List.of("same", "same"), stamps(layers.lower()), driver.toString());
            }
        }
    }

    /** Of the file and the directory. */
    private static List<String> stamps(Path layer) throws IOException {
        String times = Command.run("stat", "-c", "%X", layer + "/dir/small", layer + "/dir");
        return times.lines().map(time -> time.equals("100") ? "same" : "new").toList();
    }

    private static Closeable byMountCommand(OverlaySpec spec, Path merged) throws IOException {
        Command.run("mount", "-t", "overlay", "-o", spec.mountData(), "overlay", merged.toString());
        return () -> Command.run("umount", merged.toString());
    }

    private static void shell(String script, Path directory) throws IOException {
        Command.run("bash", "-euc", script, "", directory.toString());
    }
}
