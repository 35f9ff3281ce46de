package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mille.linux.Stat;
import mille.overlay.OverlayOptions;
import mille.testkit.Command;
import mille.testkit.MountPoint;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import mille.testkit.Playground;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FuseMounterTest {
    private OverlayFixture overlay;

    @BeforeEach
    void fillThreeLayers() throws IOException {
        overlay = new OverlayFixture(FuseDriver.OURS, 3);
        for (int depth = 2; depth >= 0; depth--) {
            Path lower = overlay.lowers().get(depth);
            Files.createDirectories(lower.resolve("etc/layer" + depth));
            Files.writeString(lower.resolve("etc/layer" + depth + "/name"), "layer " + depth + "\n");
            Files.writeString(lower.resolve("etc/top"), "of layer " + depth + "\n");
        }
        Command.run("mknod", overlay.lower().resolve("etc/layer1").toString() + "-gone", "c", "0", "0");
        Files.writeString(overlay.lowers().get(2).resolve("etc/layer1-gone"), "whited out by layer 0\n");
    }

    @AfterEach
    void close() throws IOException {
        overlay.close();
    }

    private String shell(String script) throws IOException {
        return Command.run("sh", "-ec", "cd " + overlay.merged() + "; " + script);
    }

    @Test
    void everydayCommandsWorkOnThreeLayersAndLeaveTheLowersAlone() throws IOException {
        overlay.mount();

        assertEquals("layer0\nlayer1\nlayer2\ntop\n", shell("ls etc"));
        assertEquals("of layer 0\n", shell("cat etc/top"));
        assertEquals("layer 2\n", shell("cat etc/layer2/name"));
        shell(
                "echo more >> etc/layer2/name; mv etc/top etc/moved; rm etc/layer1/name; mkdir -p new/deep; ln etc/moved new/link");
        assertEquals("layer 2\nmore\n", shell("cat etc/layer2/name"));
        assertEquals("layer0\nlayer1\nlayer2\nmoved\n", shell("ls etc"));
        assertEquals("", shell("ls etc/layer1"));
        assertEquals("of layer 0\n", shell("cat new/link"));

        overlay.unmount();
        assertEquals("layer 2\n", Files.readString(overlay.lowers().get(2).resolve("etc/layer2/name")));
        assertEquals("of layer 0\n", Files.readString(overlay.lower().resolve("etc/top")));
        try (Playground upper = Playground.at(overlay.upper())) {
            assertEquals(Stat.S_IFCHR, upper.stat("etc/top").type());
            assertEquals(Stat.S_IFCHR, upper.stat("etc/layer1/name").type());
            assertEquals("layer 2\nmore\n", upper.read("etc/layer2/name"));
        }
    }

    @Test
    void anOverlayThatIsUnmountedByOthersIsClosed() throws Exception {
        OverlayOptions options = OverlayOptions.of(overlay.lowers(), overlay.upper(), overlay.work());
        MountedOverlay mounted = new FuseMounter().mount(options, overlay.merged(), List.of("fsname=a:b,c", "nosuid"));
        assertTrue(Files.readString(Path.of("/proc/self/mounts"))
                .contains("a:b,c " + overlay.merged() + " fuse.mille rw,nosuid,relatime"));
        Command.run("umount", overlay.merged().toString());
        mounted.awaitUnmount();

        overlay.mount(); // the upper is free again
        mounted.close(); // and closing what is unmounted leaves the new mount alone
        assertEquals("of layer 0\n", shell("cat etc/top"));
    }

    @Test
    void trustedAttributesAreListedForAdministratorsAlone() throws IOException {
        overlay.mount();
        shell("setfattr -n trusted.x -v 1 etc/top; setfattr -n user.y -v 1 etc/top");
        String list = "getfattr -m - etc/top | grep -v ^#";
        assertEquals("trusted.x\nuser.y\n\n", shell(list));
        assertEquals("user.y\n\n", shell("setpriv --bounding-set=-sys_admin sh -c '" + list + "'"));
        assertEquals("user.y\n\n", shell("unshare --user --map-root-user sh -c '" + list + "'"));
    }

    @Test
    void aBusyMountIsOutOfSightWhenCloseReturns() throws IOException {
        overlay.mount();
        try (Playground inside = Playground.at(overlay.merged())) {
            overlay.unmount();
            assertEquals(List.of(), MountPoint.beneath(overlay.merged()));
            assertTrue(inside.directory().number() >= 0);
        }
        assertFalse(Files.exists(overlay.merged().resolve("etc")));
    }

    @Test
    void whatIsMountedOverOursIsLeftAlone() throws IOException {
        OverlayOptions options = OverlayOptions.of(overlay.lowers(), overlay.upper(), overlay.work());
        MountedOverlay mounted = new FuseMounter().mount(options, overlay.merged(), List.of());
        try (MountPoint over = MountPoint.mount("over", overlay.merged(), "tmpfs", 0, "")) {
            assertThrows(IOException.class, mounted::close);
            assertEquals(2, MountPoint.beneath(over.path()).size());
        }
        Command.run("umount", overlay.merged().toString());
        overlay.mount(); // its directories are free all the same
        assertEquals("of layer 0\n", shell("cat etc/top"));
    }

    @Test
    void aMountPointThatWillNotDoGetsOneSentence() throws IOException {
        OverlayOptions options = OverlayOptions.of(overlay.lowers(), overlay.upper(), overlay.work());
        Path missing = overlay.merged().resolve("missing");
        IOException refused =
                assertThrows(IOException.class, () -> new FuseMounter().mount(options, missing, List.of()));
        assertEquals("mount point " + missing + " does not exist", refused.getMessage());
        overlay.mount();
        IOException busy =
                assertThrows(IOException.class, () -> new FuseMounter().mount(options, overlay.merged(), List.of()));
        assertEquals("upperdir " + overlay.upper() + " is in use by another mount", busy.getMessage());
        assertEquals(1, MountPoint.beneath(overlay.merged()).size());
    }

    @Test
    void withoutAnUpperNothingCanBeChanged() throws IOException {
        overlay.mount(OverlaySpec.readOnly(overlay.lowers()));
        assertEquals(
                "touch: cannot touch 'etc/new': Read-only file system\n",
                Command.attempt(
                                Duration.ofSeconds(10),
                                "env",
                                "LC_ALL=C",
                                "sh",
                                "-c",
                                "cd " + overlay.merged() + "; touch etc/new")
                        .errors());
        assertEquals("of layer 0\n", shell("cat etc/top"));
    }
}
