package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mille.testkit.Caller;
import mille.testkit.Command;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import mille.testkit.Playground;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Owners and modes that are kept in attributes ({@code xattr_permissions}): what fuse-overlayfs writes we read, and the other way round. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class XattrPermissionsTest {
    private static final String SECURITY = "security.fuseoverlayfs.override_stat";
    private static final String CONTAINERS = "user.containers.override_stat";
    private static final String USER = "user.fuseoverlayfs.override_stat";

    /** As containers/storage unpacks an image for somebody without privilege: each file has the attribute, the root to begin with. */
    private static final String MAKE_LAYER = """
            cd "$1"; mark() { setfattr -n "$name" -v "$@"; }; name=$2
            mark 0:0:0755 .
            echo text > file; mark 5:6:0640 file
            echo text > setuid; mark 7:0:104711 setuid
            mkdir -p dir/sub; mark 8:9:41777 dir; mark 4000000000:10:0700 dir/sub
            echo x > dir/inside; mark 1000:1001:100600 dir/inside
            """;

    private static final String CHANGE = """
            cd "$1"; umask 0
            mkdir made made/sub; touch made/file made/sub/file; chmod 3777 made; chown 11:12 made/file; chmod 4710 made/file
            setpriv --reuid 1000 --regid 1001 --clear-groups touch made/others
            setpriv --reuid 1000 --regid 1001 --clear-groups mkdir made/others-dir
            mv made/sub/file moved; ln moved linked; chown 3:4 linked
            """;

    private static String look(Path directory) throws IOException {
        return Command.run(
                "bash",
                "-euc",
                "cd \"$1\"; find . ! -name '.wh.*' ! -path . -printf '%P %y %U:%G %m\\n' | sort",
                "look",
                directory.toString());
    }

    private static void run(String script, Path directory, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("bash", "-euc", script, "run", directory.toString()));
        command.addAll(List.of(more));
        Command.run(command.toArray(String[]::new));
    }

    private static final OverlayDriver FUSE_OVERLAYFS = (spec, merged) -> {
        Command.run("fuse-overlayfs", "-o", spec.mountData(), merged.toString());
        return () -> Command.run("umount", merged.toString());
    };

    private static String seenBy(OverlayDriver driver, OverlayFixture layers, OverlaySpec spec) throws IOException {
        layers.unmount();
        try (var _ = driver.mount(spec, layers.merged())) {
            return look(layers.merged());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SECURITY, CONTAINERS, USER})
    void lowersThatAreMarkedAreSeenAsFuseOverlayfsSeesThem(String attribute) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            run(MAKE_LAYER, layers.lower(), attribute);
            OverlaySpec spec = OverlaySpec.writable(layers.lowers(), layers.upper(), layers.work());
            String theirs = seenBy(FUSE_OVERLAYFS, layers, spec);
            assertTrue(theirs.contains("dir/sub d 4000000000:10 700"), theirs);
            assertEquals(theirs, seenBy(FuseDriver.OURS, layers, spec.withOptions("xattr_permissions=1")));
        }
    }

    @ParameterizedTest
    @CsvSource({"1," + SECURITY, "2," + USER})
    void whatFuseOverlayfsWroteIsSeenAsItWas(String permissions, String attribute) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FUSE_OVERLAYFS, 1)) {
            Path merged = layers.mount("allow_other", "xattr_permissions=" + permissions);
            run(CHANGE, merged);
            String theirs = look(merged);
            layers.unmount();
            assertEquals(theirs, seenBy(FuseDriver.OURS, layers, written(layers, permissions)));
            run("getfattr -n \"$2\" \"$1/made/others\"", layers.upper(), attribute);
        }
    }

    private static OverlaySpec written(OverlayFixture layers, String permissions) {
        return OverlaySpec.writable(layers.lowers(), layers.upper(), layers.work(), "xattr_permissions=" + permissions);
    }

    @ParameterizedTest
    @CsvSource({"1," + SECURITY, "2," + CONTAINERS})
    void whatWeWroteIsSeenByFuseOverlayfsAsItWas(String permissions, String attribute) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 2)) {
            run(MAKE_LAYER, layers.lower(), attribute);
            Path merged = layers.mount("xattr_permissions=" + permissions);
            run(CHANGE, merged);
            run("cd \"$1\"; chmod 600 file; chown 21:22 setuid; echo more >> dir/inside; chown 1:1 dir", merged);
            String ours = look(merged);
            assertTrue(ours.contains("setuid f 21:22 711\n"), ours);
            layers.unmount();
            assertEquals(0, Files.getAttribute(layers.upper().resolve("made/others"), "unix:uid"));
            assertEquals(
                    ours,
                    seenBy(
                            FUSE_OVERLAYFS,
                            layers,
                            OverlaySpec.writable(
                                    List.of(layers.upper(), layers.lower()),
                                    layers.lowers().getLast(),
                                    layers.work())));
        }
    }

    @Test
    void aRegularFileStandsForADeviceOrAPipe() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            run(MAKE_LAYER, layers.lower(), CONTAINERS);
            run("""
                    cd "$1"; touch null loop pipe socket; name=%s
                    setfattr -n $name -v 0:5:0666:char-1-3 null; setfattr -n $name -v 0:6:0660:block-7-300 loop
                    setfattr -n $name -v 1:1:0600:pipe pipe; setfattr -n $name -v 1:1:0600:socket socket
                    """.formatted(CONTAINERS), layers.lower());
            Path merged = layers.mount("xattr_permissions=2");
            String types = "cd \"$1\"; stat -c '%n %F %u:%g %a %t,%T' null loop pipe socket moved 2>/dev/null || true";
            assertEquals("""
                    null character special file 0:5 666 1,3
                    loop block special file 0:6 660 7,12c
                    pipe fifo 1:1 600 0,0
                    socket socket 1:1 600 0,0
                    """, Command.run("bash", "-euc", types, "", merged.toString()));
            assertEquals("null c", Command.run("find", merged.toString(), "-name", "null", "-printf", "%P %y"));
            run("cd \"$1\"; chown 9 null loop pipe socket; chmod 601 null loop pipe socket; mv null moved", merged);
            String changed = """
                    loop block special file 9:6 601 7,12c
                    pipe fifo 9:1 601 0,0
                    socket socket 9:1 601 0,0
                    moved character special file 9:5 601 1,3
                    """;
            assertEquals(changed, Command.run("bash", "-euc", types, "", merged.toString()));
            merged = layers.mount("xattr_permissions=2");
            assertEquals(changed, Command.run("bash", "-euc", types, "", merged.toString()));
        }
    }

    @Test
    void nobodyGivesHisFileAwayByTheAttribute() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1);
                Playground merged = Playground.at(layers.mount("xattr_permissions=2"))) {
            merged.chmod(".", 0777);
            Caller.ALICE.does(() -> {
                merged.write("file", "text");
                assertThrows(IOException.class, () -> merged.setXattr("file", CONTAINERS, "0:0:4777"));
            });
            assertEquals(List.of(), merged.xattrs("file"));
            assertNull(merged.xattr("file", CONTAINERS));
            assertEquals(Caller.ALICE.uid(), merged.stat("file").uid());
        }
    }

    @Test
    void withoutTheOptionItIsAnAttributeLikeAnyOther() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            run(MAKE_LAYER, layers.lower(), CONTAINERS);
            try (Playground merged = Playground.at(layers.mount())) {
                assertEquals(0, merged.stat("file").uid());
                assertEquals("5:6:0640", merged.xattr("file", CONTAINERS));
            }
        }
    }

    @Test
    void anUpperThatWasWrittenWithTheOtherAttributeIsRefused() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            layers.mount("xattr_permissions=2");
            IOException refused = assertThrows(IOException.class, () -> layers.mount("xattr_permissions=1"));
            assertEquals(
                    "upperdir " + layers.upper() + " was written with another xattr_permissions", refused.getMessage());
        }
    }
}
