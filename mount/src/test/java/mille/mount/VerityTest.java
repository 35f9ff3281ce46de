package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mille.fuse.AttributeFields;
import mille.fuse.FileRequest;
import mille.fuse.FuseFileSystem;
import mille.fuse.FuseMountOptions;
import mille.fuse.FuseSession;
import mille.fuse.Reply;
import mille.fuse.Request;
import mille.fuse.SessionOptions;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Stat;
import mille.testkit.Command;
import mille.testkit.MountPoint;
import mille.testkit.OverlayFixture;
import mille.testkit.ScratchDirectory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code verity=}: copies of metadata alone whose data must have a digest. Without fs-verity below, as on the kernel's overlay; with it, on a
 * file system of our own that says it has measured its files, which the kernel's overlay doesn't ask.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class VerityTest {
    private static final String SHA_256 = "07".repeat(32);
    private static final String SHA_512 = "05".repeat(64);

    @AutoClose
    private final ScratchDirectory scratch = ScratchDirectory.create();

    /** Arguments: the layer with metadata, the one with data. Digests of any kind, none of which the data has. */
    private static final String MAKE = """
            cd "$1"; digest=$(printf '%064d' 7); mkdir -p "$2/ab"
            make() {
              [ -e "$2/ab/$1" ] || echo "data of $1" > "$2/ab/$1"
              truncate -s $(stat -c %s "$2/ab/$1") $1
              setfattr -n trusted.overlay.metacopy -v "$3" $1; setfattr -n trusted.overlay.redirect -v "/ab/$1" $1
            }
            make empty "$2" ""
            make digest "$2" 0x00240001$digest
            make long "$2" 0x00440002$digest$digest
            make no-algorithm "$2" 0x00240000$digest
            make no-digest "$2" 0x00040001
            make later "$2" 0x01240001$digest
            make wrong-length "$2" 0x00250001$digest
            make cut-off "$2" 0x0003
            echo plain > plain
            """;

    /** Arguments: the merged directory, the upper one. */
    private static final String USE = """
            cd "$1"
            try() { timeout 20 "$@" 2>&1 | sed 's/.*: //'; }
            for name in *; do
              echo "$name read: $(try cat $name)"
              echo "$name changed: $(try chmod 700 $name)"
              echo "$name renamed: $(try mv -T $name $name.new && try mv -T $name.new $name)"
              echo "$name in upper: $(cd "$2"; getfattr -e hex -n trusted.overlay.metacopy $name 2>/dev/null | grep =)"
              echo "$name written: $(try sh -c "echo more >> $name")"
              echo "$name truncated: $(try truncate -s 0 $name)"
              echo "$name is: $(stat -c '%a %s' $name 2>&1 | sed 's/.*: //')"
              echo "$name removed: $(try rm $name)"
            done
            """;

    private static String use(Path merged, Path upper) throws IOException {
        return Command.run("bash", "-euc", USE, "use", merged.toString(), upper.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "verity=on",
                "verity=require",
                "verity=on,metacopy=on",
                "verity=require,metacopy=on",
                "verity=on,metacopy=off",
                "verity=off"
            })
    void withoutFsVerityBelowWhateverHasADigestIsAnErrorAsOnTheKernels(String options) throws IOException {
        String[] answers = new String[2];
        for (int ours = 0; ours < 2; ours++) {
            try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 2)) {
                Path top = layers.lower();
                Path data = layers.lowers().getLast();
                Command.run("bash", "-euc", MAKE, "make", top.toString(), data.toString());
                String mount = "lowerdir=" + top + "::" + data + ",upperdir=" + layers.upper() + ",workdir="
                        + layers.work() + "," + options;
                answers[ours] = ours == 1
                        ? usedThroughUs(mount, layers.merged(), layers.upper())
                        : usedThroughTheKernel(mount + ",index=off", layers.merged(), layers.upper());
            }
        }
        assertTrue(answers[0].contains("plain removed: \n"), answers[0]);
        assertEquals(answers[0], answers[1]);
    }

    private static String usedThroughTheKernel(String data, Path merged, Path upper) throws IOException {
        try (var _ = MountPoint.mount("overlay", merged, "overlay", 0, data)) {
            return use(merged, upper);
        }
    }

    private static String usedThroughUs(String data, Path merged, Path upper) throws IOException {
        MountOptions options = MountOptions.parse(data + ",transport=dev");
        try (var _ = new FuseMounter().mount(options.overlay(), merged, options.generic())) {
            return use(merged, upper);
        }
    }

    /** Three files in its root, two of which it has digests of. */
    private static final class MeasuredFiles implements FuseFileSystem {
        static final List<String> NAMES = List.of("measured", "unmeasured", "measured-long");
        static final byte[] TEXT = "text\n".getBytes(StandardCharsets.US_ASCII);
        private static final int MEASURE = 0xc0046686;

        @Override
        public void lookup(Request.Named request, Reply.Entry reply) throws ErrnoException {
            int file = NAMES.indexOf(request.name().toString());
            if (file < 0) {
                reply.absent(Reply.FOREVER);
            } else {
                describe(
                        file + 2,
                        reply.entry()
                                .node(file + 2, 0)
                                .validFor(Reply.FOREVER, Reply.FOREVER)
                                .attributes());
            }
        }

        @Override
        public void getAttributes(Request.AttributeQuery request, Reply.Attributes reply) {
            describe(request.nodeId(), reply.attributes(Reply.FOREVER));
        }

        private static void describe(long node, AttributeFields attributes) {
            if (node == Request.ROOT_NODE) {
                attributes.inode(node).mode(Stat.S_IFDIR | 0755).linkCount(2);
            } else {
                attributes.inode(node).mode(Stat.S_IFREG | 0644).linkCount(1).size(TEXT.length, 1, 0);
            }
        }

        @Override
        public void read(FileRequest.Read request, Reply.Data reply) {
            reply.put(request.offset() == 0 ? TEXT : new byte[0]);
        }

        @Override
        public void ioctl(FileRequest.Ioctl request, Reply.Ioctl reply) throws ErrnoException {
            if (request.command() != MEASURE) {
                throw new ErrnoException(Errno.ENOTTY, "ioctl");
            }
            String digest = switch ((int) request.nodeId()) {
                case 2 -> "01002000" + SHA_256;
                case 4 -> "02004000" + SHA_512;
                default -> throw new ErrnoException(Errno.ENODATA, "measure");
            };
            reply.put(0, Arrays.copyOf(HexFormat.of().parseHex(digest), request.outputBytes()));
        }
    }

    private FuseSession measured() throws IOException {
        return FuseSession.mount(
                new MeasuredFiles(),
                scratch.directory("measured"),
                FuseMountOptions.of("measured"),
                SessionOptions.defaults());
    }

    private static String filled(String mark) {
        return mark.replace("{256}", SHA_256).replace("{512}", SHA_512);
    }

    @ParameterizedTest
    @CsvSource({
        "measured, 00240001{256}, on, text",
        "measured, 00240001{256}, require, text",
        "measured, 0024000108, on, Input/output error",
        "measured, 00240002{256}, on, Input/output error",
        "measured, 00440002{512}, on, Input/output error",
        "measured-long, 00440002{512}, on, text",
        "measured-long, 00240001{256}, on, Input/output error",
        "unmeasured, 00240001{256}, on, Input/output error",
        "unmeasured, 00, on, Input/output error",
        "unmeasured, '', on, text",
        "measured, '', on, text",
        "measured, '', require, Input/output error",
    })
    void dataIsReadIfItsDigestIsTheOneThatIsAskedFor(String file, String mark, String verity, String answer)
            throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1);
                FuseSession data = measured()) {
            Path copy = layers.lower().resolve("copy");
            Command.run("truncate", "-s", "5", copy.toString());
            Command.run("setfattr", "-n", "trusted.overlay.metacopy", "-v", "0x" + filled(mark), copy.toString());
            Command.run("setfattr", "-n", "trusted.overlay.redirect", "-v", "/" + file, copy.toString());
            MountOptions options = MountOptions.parse(
                    "lowerdir=" + layers.lower() + "::" + data.target() + ",transport=dev,verity=" + verity);
            try (var _ = new FuseMounter().mount(options.overlay(), layers.merged(), options.generic())) {
                assertEquals(
                        answer,
                        Command.run(
                                        "bash",
                                        "-c",
                                        "cat \"$1\" 2>&1 | sed 's/.*: //'",
                                        "read",
                                        layers.merged().resolve("copy").toString())
                                .strip());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "measured, on, trusted.overlay.metacopy=0x00240001{256}",
        "measured, require, trusted.overlay.metacopy=0x00240001{256}",
        "measured-long, on, trusted.overlay.metacopy=0x00440002{512}",
        "unmeasured, on, trusted.overlay.metacopy=0x",
        "unmeasured, require, ''",
        "measured, off, trusted.overlay.metacopy=0x",
    })
    void aNewCopyOfMetadataAloneKeepsTheDigestOfItsData(String file, String verity, String mark) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1);
                FuseSession data = measured()) {
            MountOptions options = MountOptions.parse("lowerdir=" + data.target() + ",upperdir=" + layers.upper()
                    + ",workdir=" + layers.work() + ",transport=dev,metacopy=on,verity=" + verity);
            try (var _ = new FuseMounter().mount(options.overlay(), layers.merged(), options.generic())) {
                Path seen = layers.merged().resolve(file);
                Command.run("chmod", "600", seen.toString());
                assertEquals("text\n", Command.run("cat", seen.toString()));
            }
            assertEquals(
                    filled(mark),
                    Command.run(
                                    "bash",
                                    "-c",
                                    "getfattr --absolute-names -e hex -n trusted.overlay.metacopy \"$1\" 2>/dev/null | grep = || true",
                                    "mark",
                                    layers.upper().resolve(file).toString())
                            .strip());
        }
    }
}
