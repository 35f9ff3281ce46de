package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mille.linux.FileName;
import mille.linux.HostPath;
import mille.linux.MountTable;
import mille.linux.Mounts;
import mille.mount.KernelMounter.Passing;
import mille.overlay.OverlayOptions;
import mille.overlay.OverlayOptions.Feature;
import mille.overlay.RedirectPolicy;
import mille.testkit.ScratchDirectory;
import mille.testkit.TemporaryFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelMounterTest {
    private final ScratchDirectory scratch = ScratchDirectory.create();
    private final Path top = scratch.directory("top");
    private final Path bottom = scratch.directory("bottom");
    private final Path upper = scratch.directory("upper");
    private final Path work = scratch.directory("work");
    private final Path merged = scratch.directory("merged");

    @BeforeEach
    void fill() throws IOException {
        Files.writeString(top.resolve("both"), "top");
        Files.writeString(bottom.resolve("both"), "bottom");
        Files.writeString(bottom.resolve("below"), "bottom");
    }

    @AfterEach
    void clear() throws IOException {
        scratch.close();
    }

    private OverlayOptions writable(Feature... features) {
        return new OverlayOptions(List.of(top, bottom), List.of(), upper, work, RedirectPolicy.OFF, Set.of(features));
    }

    private static String sentence(OverlayOptions options, Path merged) {
        IOException error = assertThrows(
                IOException.class,
                () -> new KernelMounter().mount(options, merged, List.of()).close());
        return String.valueOf(error.getMessage());
    }

    private static MountTable.Entry entryAt(Path path) throws IOException {
        MountTable.Entry entry = MountTable.read().at(path);
        assertNotNull(entry, () -> "nothing is mounted at " + path);
        return entry;
    }

    @ParameterizedTest
    @EnumSource(Passing.class)
    void theUnionIsSeenAndChangesGoToTheUpper(Passing passing) throws Exception {
        try (MountedOverlay mount = new KernelMounter(passing).mount(writable(), merged, List.of())) {
            assertEquals(merged, mount.merged());
            assertEquals("top", Files.readString(merged.resolve("both")));
            assertEquals("bottom", Files.readString(merged.resolve("below")));
            Files.writeString(merged.resolve("new"), "new");
            assertEquals("new", Files.readString(upper.resolve("new")));
            assertEquals("overlay", entryAt(merged).fileSystem());
        }
        assertNull(MountTable.read().at(merged));
        assertFalse(Files.exists(merged.resolve("both")));
    }

    @ParameterizedTest
    @EnumSource(Passing.class)
    void withoutAnUpperItIsReadOnly(Passing passing) throws Exception {
        OverlayOptions options = OverlayOptions.of(List.of(top, bottom), null, null);
        try (MountedOverlay _ = new KernelMounter(passing).mount(options, merged, List.of())) {
            assertEquals("top", Files.readString(merged.resolve("both")));
            assertThrows(FileSystemException.class, () -> Files.writeString(merged.resolve("new"), "new"));
        }
    }

    @ParameterizedTest
    @EnumSource(Passing.class)
    void readOnlyHoldsAlthoughThereIsAnUpper(Passing passing) throws Exception {
        try (MountedOverlay _ = new KernelMounter(passing).mount(writable(Feature.READ_ONLY), merged, List.of())) {
            assertThrows(FileSystemException.class, () -> Files.writeString(merged.resolve("new"), "new"));
        }
        assertFalse(Files.exists(upper.resolve("new")));
    }

    @ParameterizedTest
    @EnumSource(Passing.class)
    void genericOptionsReachTheMount(Passing passing) throws Exception {
        List<String> options =
                List.of("ro", "nosuid", "nodev", "noexec", "noatime", "allow_other", "fsname=mine", "rw", "exec");
        try (MountedOverlay _ = new KernelMounter(passing).mount(writable(), merged, options)) {
            assertEquals("rw,nosuid,nodev,noatime", entryAt(merged).options());
            assertEquals("mine", entryAt(merged).source());
        }
        try (MountedOverlay _ = new KernelMounter(passing)
                .mount(writable(), merged, List.of("strictatime", "nodiratime", "nosymfollow", "noexec", "ro"))) {
            assertEquals(
                    Set.of("ro", "noexec", "nodiratime", "nosymfollow"),
                    Set.of(entryAt(merged).options().split(",", -1)));
        }
    }

    @ParameterizedTest
    @EnumSource(Passing.class)
    void featuresReachTheFileSystem(Passing passing) throws Exception {
        OverlayOptions options = new OverlayOptions(
                List.of(top, bottom),
                List.of(),
                upper,
                work,
                RedirectPolicy.ON,
                EnumSet.of(Feature.INDEX, Feature.METACOPY, Feature.XINO, Feature.VOLATILE));
        try (MountedOverlay _ = new KernelMounter(passing).mount(options, merged, List.of())) {
            List<String> shown = List.of(entryAt(merged).superOptions().split(",", -1));
            assertTrue(
                    shown.containsAll(List.of("redirect_dir=on", "index=on", "metacopy=on")), () -> shown.toString());
            // "fsync=volatile" in newer kernels
            assertTrue(shown.stream().anyMatch(option -> option.endsWith("volatile")), () -> shown.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(Passing.class)
    void anOverlaysOwnAttributesCanBeTheUsers(Passing passing) throws Exception {
        try (MountedOverlay _ = new KernelMounter(passing).mount(writable(Feature.USERXATTR), merged, List.of())) {
            assertTrue(List.of(entryAt(merged).superOptions().split(",", -1)).contains("userxattr"));
        }
    }

    @ParameterizedTest
    @EnumSource(Passing.class)
    void namesWithWhatSeparatesNamesAreTakenAsTheyAre(Passing passing) throws Exception {
        Path strangeLower = scratch.directory("a:b,c\\d e::f");
        Path strangeUpper = scratch.directory("up,per:\\");
        Path strangeWork = scratch.directory("wo\\:rk,");
        Files.writeString(strangeLower.resolve("file"), "strange");
        OverlayOptions options = OverlayOptions.of(List.of(strangeLower, bottom), strangeUpper, strangeWork);
        try (MountedOverlay _ = new KernelMounter(passing).mount(options, merged, List.of())) {
            assertEquals("strange", Files.readString(merged.resolve("file")));
            Files.writeString(merged.resolve("new"), "new");
            assertEquals("new", Files.readString(strangeUpper.resolve("new")));
        }
    }

    @Test
    void namesThatAreNoTextAreTakenAsTheyAre() throws Exception {
        Path strange = Files.createDirectory(
                HostPath.of(scratch.path(), FileName.of(new byte[] {(byte) 0xff, '\n', (byte) 0x80})));
        Files.writeString(strange.resolve("file"), "strange");
        Path strangeMerged = Files.createDirectory(strange.resolveSibling(
                HostPath.of(scratch.path(), FileName.of(new byte[] {(byte) 0xfe}))
                        .getFileName()));
        OverlayOptions options = OverlayOptions.of(List.of(strange, bottom), upper, work);
        try (MountedOverlay _ = new KernelMounter().mount(options, strangeMerged, List.of())) {
            assertEquals("strange", Files.readString(strangeMerged.resolve("file")));
        }
        assertNull(MountTable.read().at(strangeMerged));
    }

    @ParameterizedTest
    @EnumSource(Passing.class)
    void moreLayersThanTheirNamesHaveRoomFor(Passing passing) throws Exception {
        List<Path> lowers = new ArrayList<>();
        for (int number = 0; number < 150; number++) {
            lowers.add(scratch.directory("a-long-name-for-the-layer-with-the-number-" + number));
        }
        Files.writeString(lowers.getLast().resolve("deepest"), "seen");
        OverlayOptions options = OverlayOptions.of(lowers, upper, work);
        try (MountedOverlay _ = new KernelMounter(passing).mount(options, merged, List.of())) {
            assertEquals("seen", Files.readString(merged.resolve("deepest")));
        }
    }

    @ParameterizedTest
    @EnumSource(Passing.class)
    void dataOnlyLowersAreNotListed(Passing passing) throws Exception {
        Path data = scratch.directory("data");
        Path more = scratch.directory("more");
        Files.writeString(data.resolve("blob"), "data");
        OverlayOptions options = new OverlayOptions(
                List.of(top, bottom), List.of(data, more), upper, work, RedirectPolicy.ON, Set.of(Feature.METACOPY));
        try (MountedOverlay _ = new KernelMounter(passing).mount(options, merged, List.of())) {
            assertEquals("bottom", Files.readString(merged.resolve("below")));
            assertFalse(Files.exists(merged.resolve("blob")));
        }
    }

    @Test
    void whatIsMissingIsNamed() {
        Path missing = scratch.path().resolve("missing");
        assertEquals(
                "lower directory " + missing + " does not exist",
                sentence(OverlayOptions.of(List.of(top, missing), upper, work), merged));
        assertEquals(
                "upper directory " + missing + " does not exist",
                sentence(OverlayOptions.of(List.of(top), missing, work), merged));
        assertEquals(
                "work directory " + missing + " does not exist",
                sentence(OverlayOptions.of(List.of(top), upper, missing), merged));
        assertEquals("mount point " + missing + " does not exist", sentence(writable(), missing));
        Path file = top.resolve("both");
        assertEquals(
                "lower directory " + file + " is not a directory",
                sentence(OverlayOptions.of(List.of(file), upper, work), merged));
        assertEquals("mount point " + file + " is not a directory", sentence(writable(), file));
        assertThrows(
                IllegalArgumentException.class,
                () -> new KernelMounter()
                        .mount(writable(), merged, List.of("nosuch"))
                        .close());
    }

    @Test
    void whatDoesntGoTogetherIsSaid() throws Exception {
        try (TemporaryFileSystem other = TemporaryFileSystem.tmpfs(1 << 20)) {
            assertEquals(
                    "upper directory " + upper + " and work directory " + other.root()
                            + " lie on different file systems",
                    sentence(OverlayOptions.of(List.of(top), upper, other.root()), merged));
        }
        assertEquals(
                "upper directory " + upper + " and work directory " + upper.resolve("in")
                        + " must not lie one inside the other",
                sentence(OverlayOptions.of(List.of(top), upper, Files.createDirectory(upper.resolve("in"))), merged));
    }

    @Test
    void theKernelsOwnWordsReachThePerson() throws Exception {
        try (TemporaryFileSystem readOnly = TemporaryFileSystem.tmpfs(1 << 20)) {
            Path itsUpper = Files.createDirectory(readOnly.root().resolve("upper"));
            Path itsWork = Files.createDirectory(readOnly.root().resolve("work"));
            Mounts.setAttributes(readOnly.root(), Mounts.MOUNT_ATTR_RDONLY, 0, Mounts.Reach.MOUNT);
            assertEquals(
                    "the kernel's overlay refuses: filesystem on " + itsUpper + " is read-only (EINVAL)",
                    sentence(OverlayOptions.of(List.of(top), itsUpper, itsWork), merged));
        }
    }

    @Test
    void aRefusalThatOnlyTheKernelsLogExplainsPointsThere() throws Exception {
        OverlayOptions contradictory = new OverlayOptions(
                List.of(top, bottom), List.of(), upper, work, RedirectPolicy.NOFOLLOW, Set.of(Feature.METACOPY));
        assertEquals(
                "the kernel's overlay refuses these directories or options (EINVAL); dmesg may say why",
                sentence(contradictory, merged));
        assertNull(MountTable.read().at(merged));
    }

    @Test
    void tooFewDirectoriesAreSaid() {
        assertEquals(
                "the kernel's overlay needs a lower directory",
                sentence(OverlayOptions.of(List.of(), upper, work), merged));
        assertEquals(
                "the kernel's overlay needs a second lower directory where there is no upper directory",
                sentence(OverlayOptions.of(List.of(top), null, null), merged));
    }

    @Test
    void anUpperInUseIsSaid() throws Exception {
        Path second = scratch.directory("second");
        try (MountedOverlay _ = new KernelMounter().mount(writable(Feature.INDEX), merged, List.of())) {
            assertEquals(
                    "the upper or work directory is in use by another overlay",
                    sentence(writable(Feature.INDEX), second));
        }
    }

    @Test
    void closingTwiceOrAfterSomebodyElseUnmountedDoesNothing() throws Exception {
        MountedOverlay mount = new KernelMounter().mount(writable(), merged, List.of());
        mount.close();
        mount.close();
        MountedOverlay taken = new KernelMounter().mount(writable(), merged, List.of());
        Mounts.unmount(merged, 0);
        taken.close();
        assertNull(MountTable.read().at(merged));
    }

    @Test
    void closingLeavesSomebodyElsesMountAlone() throws Exception {
        MountedOverlay mount = new KernelMounter().mount(writable(), merged, List.of());
        Mounts.mount("none", merged, "tmpfs", 0, "");
        IOException error = assertThrows(IOException.class, mount::close);
        assertEquals("something else is mounted over " + merged + "; unmount that first", error.getMessage());
        assertEquals("tmpfs", entryAt(merged).fileSystem());
        Mounts.unmount(merged, 0);
        mount.close();
        assertNull(MountTable.read().at(merged));
    }

    @Test
    void aBusyMountGoesOutOfSight() throws Exception {
        MountedOverlay mount = new KernelMounter().mount(writable(), merged, List.of());
        try (var busy = Files.newInputStream(merged.resolve("below"))) {
            mount.close();
            assertNull(MountTable.read().at(merged));
            assertEquals('b', busy.read());
        }
    }

    @Test
    void whoWaitsHearsOfTheUnmountWhoeverDidIt() throws Exception {
        MountedOverlay mount = new KernelMounter().mount(writable(), merged, List.of());
        CompletableFuture<Boolean> heard = CompletableFuture.supplyAsync(() -> {
            try {
                mount.awaitUnmount();
                return true;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Mounts.unmount(merged, 0);
        assertTrue(heard.get(30, TimeUnit.SECONDS));
        mount.awaitUnmount();
    }

    @Test
    void whoWaitsCanBeInterrupted() throws Exception {
        try (MountedOverlay mount = new KernelMounter().mount(writable(), merged, List.of())) {
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    mount.awaitUnmount();
                    interrupted.complete(false);
                } catch (InterruptedException _) {
                    interrupted.complete(true);
                }
            });
            waiting.interrupt();
            assertTrue(interrupted.get(30, TimeUnit.SECONDS));
        }
    }
}
