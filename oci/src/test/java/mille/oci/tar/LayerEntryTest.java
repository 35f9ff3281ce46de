package mille.oci.tar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerEntryTest {
    private static LayerEntry judged(String name) throws IOException {
        return judged(name, TarContent.File.of(0));
    }

    private static LayerEntry judged(String name, TarContent content) throws IOException {
        return LayerEntry.of(TarEntry.of(ByteString.of(name), content, 0644));
    }

    @ParameterizedTest
    @CsvSource({"a/b, /a/b", "./a/b, /a/b", "/a/b, /a/b", "//a/./b//, /a/b", "a/..b/c.., /a/..b/c..", ".wh/x, /.wh/x"})
    void aNameLeadsBelowTheRoot(String name, String path) throws IOException {
        var place = assertInstanceOf(LayerEntry.Place.class, judged(name));

        assertEquals(path, place.path().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../a", "a/..", "a/../b", "/..", "./..", "a/../../etc/passwd"})
    void dotDotIsRefusedWithTheEntrysName(String name) {
        var refusal = assertThrows(IOException.class, () -> judged(name));

        assertEquals("refused: entry '" + name + "': it has a '..' component", refusal.getMessage());
    }

    @Test
    void namesThatNoKernelTakesAreRefused() {
        assertThrows(IOException.class, () -> judged("a".repeat(256)));
        assertThrows(IOException.class, () -> judged("a/".repeat(2048) + "b"));
        assertTrue(String.valueOf(assertThrows(IOException.class, () -> judged("a".repeat(1_000_000)))
                                .getMessage())
                        .length()
                < 400);
    }

    @Test
    void theRootIsADirectoryAndNothingElse() throws IOException {
        var root = assertInstanceOf(LayerEntry.Place.class, judged("./", new TarContent.Directory()));

        assertTrue(root.path().isRoot());
        assertThrows(IOException.class, () -> judged("./", new TarContent.Symlink(ByteString.of("/etc"))));
        assertThrows(IOException.class, () -> judged("/", TarContent.File.of(0)));
    }

    @ParameterizedTest
    @CsvSource({".wh.a, /a", "./d/.wh.a, /d/a", "d/.wh..hidden, /d/.hidden", "d/.wh.wh.a, /d/wh.a"})
    void aWhiteoutNamesWhatItHides(String name, String hidden) throws IOException {
        assertEquals(
                hidden,
                assertInstanceOf(LayerEntry.Whiteout.class, judged(name)).path().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {".wh.", "d/.wh.", "d/.wh..", "d/.wh...", ".wh.../"})
    void aWhiteoutOfNothingOrOfAParentIsRefused(String name) {
        assertThrows(IOException.class, () -> judged(name));
    }

    @Test
    void anOpaqueMarkNamesItsDirectory() throws IOException {
        assertEquals(
                "/d/e",
                assertInstanceOf(LayerEntry.Opaque.class, judged("d/e/.wh..wh..opq"))
                        .directory()
                        .toString());
        assertTrue(assertInstanceOf(LayerEntry.Opaque.class, judged(".wh..wh..opq"))
                .directory()
                .isRoot());
    }

    @ParameterizedTest
    @ValueSource(strings = {".wh..wh.aufs", ".wh..wh.plnk/12.34", ".wh..wh.orph/", "d/.wh..wh.plnk"})
    void marksOfAufsAreIgnored(String name) throws IOException {
        assertInstanceOf(LayerEntry.Ignored.class, judged(name));
    }

    @Test
    void aHardLinkLeadsToAPathBelowTheRoot() throws IOException {
        var link =
                assertInstanceOf(LayerEntry.Link.class, judged("a", new TarContent.HardLink(ByteString.of("/b/./c"))));

        assertEquals("/b/c", link.target().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../etc/passwd", "/../etc/passwd", "a/../../b", "/", "."})
    void aHardLinkToTheOutsideIsRefusedWithTheEntrysName(String target) {
        var refusal = assertThrows(
                IOException.class, () -> judged("innocent", new TarContent.HardLink(ByteString.of(target))));

        assertTrue(
                String.valueOf(refusal.getMessage()).startsWith("refused: entry 'innocent': "), refusal.getMessage());
    }

    @Test
    void aSymlinkMayPointAnywhere() throws IOException {
        assertInstanceOf(
                LayerEntry.Place.class, judged("a", new TarContent.Symlink(ByteString.of("../../../etc/passwd"))));
    }

    @Test
    void attributesOfTheOverlayAreDropped() throws IOException {
        TreeMap<ByteString, ByteString> xattrs = new TreeMap<>();
        for (String name : Set.of("trusted.overlay.redirect", "user.overlay.opaque", "user.a", "security.capability")) {
            xattrs.put(ByteString.of(name), ByteString.of("y"));
        }
        TarEntry entry = TarEntry.of(ByteString.of("a"), new TarContent.Directory(), 0755)
                .withXattrs(xattrs);

        var place = assertInstanceOf(LayerEntry.Place.class, LayerEntry.of(entry));

        assertEquals(
                Set.of(ByteString.of("user.a"), ByteString.of("security.capability")),
                place.entry().xattrs().keySet());
    }
}
