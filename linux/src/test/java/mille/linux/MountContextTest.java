package mille.linux;

import static mille.linux.FdTest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountContextTest {
    @TempDir
    Path path;

    private static DetachedMount tmpfs(int attributes) throws ErrnoException {
        try (MountContext context = MountContext.open("tmpfs")) {
            context.setString("source", "mille test").setString("size", "64k").setString("mode", "0711");
            context.create();
            return context.mount(attributes);
        }
    }

    @Test
    void aDetachedMountCanBeUsedAndLeavesNothing() throws Exception {
        int before = MountTable.read().entries().size();
        try (DetachedMount mount = tmpfs(0)) {
            assertEquals(0711, Stat.of(mount.root()).permissions());
            mount.root().openAt(FileName.of("file"), O.CREAT | O.WRONLY, 0600).close();
            assertTrue(Stat.at(mount.root(), FileName.of("file")).isRegular());
            assertEquals(before, MountTable.read().entries().size());
        }
    }

    @Test
    void anAttachedMountStaysUntilItIsUnmounted() throws Exception {
        try (DetachedMount mount =
                tmpfs(Mounts.MOUNT_ATTR_NOSUID | Mounts.MOUNT_ATTR_NODEV | Mounts.MOUNT_ATTR_NOATIME)) {
            mount.attach(path);
        }
        try {
            MountTable.Entry entry = MountTable.read().at(path);
            assertNotNull(entry);
            assertEquals("tmpfs", entry.fileSystem());
            assertEquals("mille test", entry.source());
            assertEquals("/", entry.root());
            assertEquals("rw,nosuid,nodev,noatime", entry.options());
            assertTrue(entry.superOptions().contains("size=64k"), entry.superOptions());
            try (Fd root = Fd.open(path, O.PATH)) {
                assertEquals(Stat.of(root).device(), entry.device());
            }
        } finally {
            Mounts.unmount(path, 0);
        }
        assertNull(MountTable.read().at(path));
    }

    @Test
    void attributesChangeBeforeAndAfterAttaching() throws Exception {
        try (DetachedMount mount = tmpfs(0)) {
            mount.setAttributes(Mounts.MOUNT_ATTR_RDONLY, 0, Mounts.Reach.MOUNT);
            FileName name = FileName.of("file");
            assertErrno(Errno.EROFS, () -> mount.root().openAt(name, O.CREAT | O.WRONLY, 0600));
            mount.attach(path);
            try {
                Mounts.setAttributes(
                        path,
                        Mounts.MOUNT_ATTR_NOEXEC | Mounts.MOUNT_ATTR_STRICTATIME,
                        Mounts.MOUNT_ATTR_RDONLY | Mounts.MOUNT_ATTR__ATIME,
                        Mounts.Reach.SUBTREE);
                mount.root().openAt(name, O.CREAT | O.WRONLY, 0600).close();
                MountTable.Entry entry = MountTable.read().at(path);
                assertNotNull(entry);
                assertEquals("rw,noexec", entry.options());
            } finally {
                Mounts.unmount(path, Mounts.MNT_DETACH);
            }
        }
    }

    @Test
    void aPrivateCopyDoesNotSeeWhatIsMountedBelowItsOriginalLater() throws Exception {
        Path shared = Files.createDirectory(path.resolve("shared"));
        FileName inner = FileName.of("inner");
        try (DetachedMount mount = tmpfs(0)) {
            Names.makeDirectory(mount.root(), inner, 0700);
            mount.attach(shared);
        }
        Mounts.setPropagation(shared, Mounts.MS_SHARED, Mounts.Reach.MOUNT);
        try (Fd original = Fd.open(shared, O.PATH);
                DetachedMount copy = DetachedMount.copyOf(original)) {
            copy.makePrivate(Mounts.MOUNT_ATTR_RDONLY, Mounts.MOUNT_ATTR__ATIME);
            assertErrno(Errno.EROFS, () -> Names.makeDirectory(copy.root(), FileName.of("new"), 0700));
            try (DetachedMount mount = tmpfs(0)) {
                mount.attach(shared.resolve("inner"));
            }
            assertEquals(
                    Stat.of(copy.root()).device(), Stat.at(copy.root(), inner).device());
        } finally {
            for (MountTable.Entry entry : MountTable.read().beneath(path)) {
                Mounts.unmount(entry.mountPoint(), Mounts.MNT_DETACH);
            }
        }
    }

    @Test
    void aCopyOfATreeBringsWhatIsMountedBelow() throws Exception {
        Path inner = Files.createDirectory(path.resolve("inner"));
        Path other = Files.createDirectory(path.resolve("other"));
        try (DetachedMount mount = tmpfs(0)) {
            mount.attach(inner);
        }
        Files.createDirectory(inner.resolve("deep"));
        try (DetachedMount mount = tmpfs(0)) {
            mount.attach(inner.resolve("deep"));
        }
        try (DetachedMount one = DetachedMount.copyOf(inner, Mounts.Reach.MOUNT);
                DetachedMount all = DetachedMount.copyOf(inner, Mounts.Reach.SUBTREE)) {
            FileName deep = FileName.of("deep");
            assertEquals(Stat.of(one.root()).device(), Stat.at(one.root(), deep).device());
            assertFalse(
                    Stat.of(all.root()).device() == Stat.at(all.root(), deep).device());
            all.attach(other);
            assertEquals(
                    List.of(other.resolve("deep"), other),
                    MountTable.read().beneath(other).stream()
                            .map(MountTable.Entry::mountPoint)
                            .toList());
        } finally {
            for (MountTable.Entry entry : MountTable.read().beneath(path)) {
                Mounts.unmount(entry.mountPoint(), Mounts.MNT_DETACH);
            }
        }
    }

    @Test
    void propagationIsPrivateOrSharedAsSaid() throws Exception {
        try (DetachedMount mount = tmpfs(0)) {
            mount.attach(path);
        }
        try {
            Mounts.setPropagation(path, Mounts.MS_SHARED, Mounts.Reach.MOUNT);
            MountTable.Entry shared = MountTable.read().at(path);
            assertNotNull(shared);
            assertTrue(shared.propagation().getFirst().startsWith("shared:"), shared.toString());
            Mounts.setPropagation(path, Mounts.MS_PRIVATE, Mounts.Reach.MOUNT);
            MountTable.Entry alone = MountTable.read().at(path);
            assertNotNull(alone);
            assertEquals(List.of(), alone.propagation());
        } finally {
            Mounts.unmount(path, 0);
        }
    }

    @Test
    void aRefusedOptionHasItsReason() throws Exception {
        try (MountContext context = MountContext.open("tmpfs")) {
            assertEquals(List.of(), context.messages());
            assertErrno(Errno.EINVAL, () -> context.setString("size", "many"));
            assertErrno(Errno.EINVAL, () -> context.setFlag("no_such_option"));
            List<MountContext.Message> messages = context.messages();
            assertEquals(2, messages.size(), messages.toString());
            for (MountContext.Message message : messages) {
                assertEquals(MountContext.Severity.ERROR, message.severity());
            }
            assertTrue(messages.getFirst().text().contains("'size'"), messages.toString());
            assertTrue(messages.getLast().text().contains("'no_such_option'"), messages.toString());
            assertEquals(List.of(), context.messages());
        }
    }

    @Test
    void aStringHasAtMost255BytesAndNoNul() throws Exception {
        try (MountContext context = MountContext.open("tmpfs")) {
            context.setString("source", "s".repeat(MountContext.MAX_STRING_BYTES));
        }
        try (MountContext context = MountContext.open("tmpfs")) {
            assertErrno(Errno.EINVAL, () -> context.setString("source", "s".repeat(MountContext.MAX_STRING_BYTES + 1)));
            assertErrno(Errno.EINVAL, () -> context.setString("source", "a\0b"));
        }
    }

    @Test
    void anUnknownFileSystemIsEnodev() {
        assertErrno(Errno.ENODEV, () -> MountContext.open("no_such_file_system"));
    }

    @Test
    void theClassicCallMountsAndUnmountsToo() throws Exception {
        Path lower = Files.createDirectory(path.resolve("lower"));
        Files.writeString(lower.resolve("file"), "text");
        Path merged = Files.createDirectory(path.resolve("merged"));
        Mounts.mount("none", merged, "overlay", Mounts.MS_NODEV, "lowerdir=" + lower + ":" + merged);
        try {
            assertEquals("text", Files.readString(merged.resolve("file")));
            try (Fd root = Fd.open(merged, O.PATH)) {
                assertEquals(
                        FileSystemStat.OVERLAYFS_MAGIC, FileSystemStat.of(root).magic());
            }
        } finally {
            Mounts.unmount(merged, 0);
        }
        assertErrno(Errno.EINVAL, () -> Mounts.unmount(merged, 0));
    }
}
