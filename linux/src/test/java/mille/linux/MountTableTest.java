package mille.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountTableTest {
    @TempDir
    Path directory;

    private static MountTable.Entry only(String line) {
        List<MountTable.Entry> entries =
                MountTable.parse(line.getBytes(StandardCharsets.ISO_8859_1)).entries();
        assertEquals(1, entries.size());
        return entries.getFirst();
    }

    @Test
    void eachFieldOfTheManualsExampleIsRead() {
        MountTable.Entry entry = only(
                "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:7 - ext3 /dev/root rw,errors=continue\n");
        assertEquals(
                new MountTable.Entry(
                        36,
                        35,
                        Stat.makeDevice(98, 0),
                        "/mnt1",
                        Path.of("/mnt2"),
                        "rw,noatime",
                        List.of("master:1", "propagate_from:7"),
                        "ext3",
                        "/dev/root",
                        "rw,errors=continue"),
                entry);
    }

    @Test
    void anEmptySourceAndNoOptionsAreEmpty() {
        MountTable.Entry entry = only("36 35 0:9 / /mnt rw - tmpfs  rw\n");
        assertEquals("", entry.source());
        assertEquals("rw", entry.superOptions());
        assertEquals("", only("36 35 0:9 / /mnt rw - tmpfs none ").superOptions());
        assertEquals("", only("36 35 0:9 / /mnt rw - tmpfs none").superOptions());
    }

    @Test
    void escapesAreUndoneAndWhatOnlyLooksLikeOneStays() {
        MountTable.Entry entry = only("1 0 0:1 / /a\\040b\\011c\\012d\\134e\\043f rw - x \\0 a\\134:b\\9\n");
        assertEquals(Path.of("/a b\tc\nd\\e#f"), entry.mountPoint());
        assertEquals("\\0", entry.source());
        assertEquals("a\\:b\\9", entry.superOptions());
    }

    @Test
    void aMountPointOfAnyBytesIsFound() throws Exception {
        byte[] name = {' ', '\t', '\n', '\\', '#', '\r', (byte) 0xff, (byte) 0xe4, '1', '2', '3'};
        Path target = Files.createDirectory(HostPath.of(directory, FileName.of(name)));
        Mounts.mount("none", target, "tmpfs", 0, "");
        try {
            MountTable.Entry entry = MountTable.read().at(target);
            assertNotNull(entry);
            assertArrayEquals(HostPath.bytesOf(target), HostPath.bytesOf(entry.mountPoint()));
            assertEquals(entry, MountTable.read().withId(entry.id()));
        } finally {
            Mounts.unmount(target, 0);
        }
    }

    @Test
    void ofTwoMountsAtOnePlaceTheLaterIsSeen() throws Exception {
        Mounts.mount("first", directory, "tmpfs", 0, "");
        Mounts.mount("second", directory, "tmpfs", 0, "");
        try {
            MountTable.Entry entry = MountTable.read().at(directory);
            assertNotNull(entry);
            assertEquals("second", entry.source());
            assertEquals(2, MountTable.read().beneath(directory).size());
        } finally {
            Mounts.unmount(directory, 0);
            Mounts.unmount(directory, 0);
        }
        assertNull(MountTable.read().at(directory));
        assertEquals(List.of(), MountTable.read().beneath(directory));
    }

    @Test
    void manyMountsAreReadWhole() throws Exception {
        try {
            for (int number = 0; number < 300; number++) {
                Mounts.mount("x".repeat(250) + number, directory, "tmpfs", 0, "");
            }
            List<MountTable.Entry> mounts = MountTable.read().beneath(directory);
            assertEquals(300, mounts.size());
            assertEquals("x".repeat(250) + 299, mounts.getFirst().source());
        } finally {
            while (MountTable.read().at(directory) != null) {
                Mounts.unmount(directory, 0);
            }
        }
    }

    @Test
    void aChangeIsHeardOnce() throws Exception {
        try (MountWatch watch = MountWatch.open()) {
            Mounts.mount("none", directory, "tmpfs", 0, "");
            try {
                assertTrue(watch.awaitChange(30_000));
                assertNotNull(watch.read().at(directory));
            } finally {
                Mounts.unmount(directory, 0);
            }
            assertTrue(watch.awaitChange(30_000));
            assertNull(watch.read().at(directory));
        }
    }
}
