package mille.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostPathTest {
    @TempDir
    Path directory;

    /** Each byte that a file name may hold. */
    private static byte[] everyByte() {
        byte[] name = new byte[253];
        int length = 0;
        for (int b = 1; b < 256; b++) {
            if (b != '/' && b != '.') {
                name[length++] = (byte) b;
            }
        }
        return name;
    }

    @Test
    void eachByteOfANameSurvivesBothWays() throws Exception {
        FileName name = FileName.of(everyByte());
        Path path = HostPath.of(directory, name);
        Files.createDirectory(path);
        byte[] expected = (directory + "/").getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = HostPath.bytesOf(path);
        assertEquals(expected.length + 253, bytes.length);
        assertArrayEquals(everyByte(), Arrays.copyOfRange(bytes, expected.length, bytes.length));
        try (Fd parent = Fd.open(directory, O.RDONLY | O.DIRECTORY);
                Fd opened = Fd.open(path, O.PATH)) {
            assertTrue(Stat.of(opened).isSameFileAs(Stat.at(parent, name)));
        }
    }

    @Test
    void aSymlinkToADirectoryStaysASymlink() throws Exception {
        Path link = HostPath.of(directory, FileName.of(new byte[] {(byte) 0xff}));
        Files.createSymbolicLink(link, directory);
        try (Fd opened = Fd.open(link, O.PATH | O.NOFOLLOW)) {
            assertTrue(Stat.of(opened).isSymlink());
        }
    }

    @Test
    void theRootIsItself() {
        assertArrayEquals(new byte[] {'/'}, HostPath.bytesOf(Path.of("/")));
        assertEquals(Path.of("/"), HostPath.of(new byte[] {'/'}));
    }

    @Test
    void relativeBytesAndNulAreNoPath() {
        assertThrows(IllegalArgumentException.class, () -> HostPath.of(new byte[] {'a'}));
        assertThrows(IllegalArgumentException.class, () -> HostPath.of(new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> HostPath.of(new byte[] {'/', 0}));
    }
}
