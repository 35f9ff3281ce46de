package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import mille.testkit.Command;
import mille.testkit.MountPoint;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies of metadata alone as tools write them that make images for {@code verity}: with a digest, and with the data in a layer of its own. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class MetacopyFormatTest {
    /** Layers: metadata, and data under names that no user sees. A digest of SHA-256 (algorithm 1) has 36 bytes with its header. */
    private static final String MAKE = """
            cd "$1"; mkdir -p "$2/ab"; digest=$(printf '%064d' 7)
            make() {
              echo "data of $1" > "$2/ab/$1"
              truncate -s $(stat -c %s "$2/ab/$1") $1; chmod 751 $1
              setfattr -n $3.overlay.metacopy -v "$4" $1; setfattr -n $3.overlay.redirect -v "/ab/$1" $1
            }
            make empty "$2" $3 ""
            make digest "$2" $3 0x00240001$digest
            make long "$2" $3 0x00440002$digest$digest
            make flags "$2" $3 0x00240101$digest
            make later "$2" $3 0x01240001$digest
            make wrong-length "$2" $3 0x00250001$digest
            make cut-off "$2" $3 0x0003
            """;

    private static final String LOOK = """
            cd "$1"
            for name in empty digest long flags later wrong-length cut-off; do
              echo "$name $(stat -c '%a %s' $name 2>/dev/null) $(cat $name 2>&1 | sed 's/.*: //')"
            done
            """;

    private static String seenThroughTheKernel(String data, Path merged) throws IOException {
        try (var _ = MountPoint.mount("overlay", merged, "overlay", 0, data)) {
            return look(merged);
        }
    }

    private static String seenThroughUs(String data, Path merged) throws IOException {
        MountOptions options = MountOptions.parse(data + ",transport=dev");
        try (var _ = new FuseMounter().mount(options.overlay(), merged, options.generic())) {
            return look(merged);
        }
    }

    private static String look(Path merged) throws IOException {
        return Command.run("bash", "-euc", LOOK, "look", merged.toString());
    }

    /**
     * @param namespace of the overlay's own attributes
     * @param isFollowed whether the data is found
     * @param between whether there is another layer between metadata and data, which makes the one with the metadata not the last
     * @param options what follows the layers
     */
    @ParameterizedTest
    @CsvSource({
        "trusted, true, BETWEEN, ',metacopy=on'",
        "trusted, true, BETWEEN, ',metacopy=on,redirect_dir=follow'",
        "trusted, true, '', ''",
        "user, true, '', ',userxattr'",
        "trusted, false, BETWEEN, ''",
        "user, false, BETWEEN, ',userxattr'"
    })
    void digestsAreReadAsTheKernelReadsThem(String namespace, boolean isFollowed, String between, String options)
            throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 3)) {
            Path top = layers.lower();
            Path data = layers.lowers().getLast();
            Command.run("bash", "-euc", MAKE, "make", top.toString(), data.toString(), namespace);
            String mount = "lowerdir=" + top
                    + between.replace("BETWEEN", ":" + layers.lowers().get(1)) + "::" + data + options;
            String kernels = seenThroughTheKernel(mount, layers.merged());
            assertEquals(isFollowed, kernels.contains("digest 751 15 data of digest\n"), kernels);
            assertTrue(kernels.contains("cut-off  Input/output error\n"), kernels);
            assertEquals(kernels, seenThroughUs(mount, layers.merged()));
        }
    }

    @Test
    void aCopyIsAsLongAsTheMetadataSayWhateverTheDataAre() throws IOException {
        assertEquals("12345", copyOfNineBytesBelowFive(OverlayDriver.KERNEL));
        assertEquals("12345", copyOfNineBytesBelowFive(FuseDriver.OURS));
    }

    private static String copyOfNineBytesBelowFive(OverlayDriver driver) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(driver, 2)) {
            Files.writeString(layers.lowers().getLast().resolve("file"), "123456789");
            Path metadata = Files.createFile(layers.lower().resolve("file"));
            Command.run("truncate", "--size=5", metadata.toString());
            Command.run("setfattr", "-n", "trusted.overlay.metacopy", metadata.toString());
            Path merged = layers.mount("metacopy=on");
            Files.newByteChannel(merged.resolve("file"), StandardOpenOption.WRITE)
                    .close();
            return Files.readString(layers.upper().resolve("file"));
        }
    }
}
