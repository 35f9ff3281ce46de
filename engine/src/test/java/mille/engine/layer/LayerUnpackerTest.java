package mille.engine.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.tar.ByteString;
import mille.oci.tar.Extent;
import mille.oci.tar.TarContent;
import mille.oci.tar.TarEntry;
import mille.oci.tar.TarWriter;
import mille.testkit.Aspect;
import mille.testkit.Command;
import mille.testkit.ScratchDirectory;
import mille.testkit.TreeComparison;
import mille.testkit.TreeSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LayerUnpackerTest {
    private static final TarContent DIRECTORY = new TarContent.Directory();
    private static final XattrName OPAQUE = XattrName.of("trusted.overlay.opaque");

    private final List<String> warnings = new ArrayList<>();
    private ScratchDirectory scratch;
    private Path diff;

    @BeforeEach
    void makeDirectories() throws IOException {
        scratch = ScratchDirectory.create();
        diff = scratch.directory("outside/diff");
        Files.writeString(scratch.path().resolve("outside/secret"), "untouched");
    }

    @AfterEach
    void removeDirectories() throws IOException {
        assertEquals("untouched", Files.readString(scratch.path().resolve("outside/secret")));
        try (var names = Files.list(scratch.path().resolve("outside"))) {
            assertEquals(2, names.count(), "nothing is made beside the layer");
        }
        scratch.close();
    }

    @Test
    void aTreeOfEveryKindComesOutAsItWentIntoGnuTar() throws IOException {
        Path tree = scratch.directory("tree");
        makeEveryKind(tree);
        Path tar = scratch.path().resolve("tree.tar");
        Command.run(
                "tar",
                "-C",
                tree.toString(),
                "--format=posix",
                "--xattrs",
                "--xattrs-include=*",
                "--sparse",
                "--numeric-owner",
                "-cf",
                tar.toString(),
                ".");

        UnpackedLayer layer;
        try (InputStream in = Files.newInputStream(tar)) {
            layer = LayerUnpacker.unpack(in, diff, warnings::add);
        }

        TreeComparison.of(TreeSnapshot.of(tree), TreeSnapshot.of(diff), Aspect.ALL)
                .assertSame("unpacked tree");
        assertEquals(new DiffId(Digest.of(Files.readAllBytes(tar))), layer.diffId());
        assertEquals(List.of(), layer.implicitDirectories());
        assertEquals(List.of(), warnings);
        try (Fd root = root()) {
            assertTrue(Stat.at(root, FileName.of("sparse")).blocks512() < 100, "holes stay holes");
        }
    }

    private static void makeEveryKind(Path tree) throws IOException {
        Command.run("sh", "-ceu", """
                cd "$0"; umask 022
                mkdir -p a/b/c empty
                echo hello > a/file; ln a/file a/b/linked; ln -s ../../nowhere a/dangling
                echo caps > caps; chmod 4711 caps; chown 12345:54321 a/b
                setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 a/file
                setfattr -n user.binary -v 0x00ff3d0a41 caps; setfattr -n trusted.other -v yes a
                mkfifo fifo; mknod null c 1 3; mknod block b 259 70000
                truncate -s 64M sparse; printf end | dd of=sparse bs=1 seek=40000000 conv=notrunc 2>/dev/null
                n=$(printf 'x%.0s' $(seq 200)); mkdir -p $n/$n; echo long > $n/$n/$n
                touch "$(printf 'not\\377utf8')" 'new
                line'
                ln -s $n/$n/$n/$n a/longlink; chmod 1777 empty; chmod 2755 a/b/c; chown -h 7:8 a/dangling
                touch -d '1969-12-31 23:00:00.123456789 UTC' caps; touch -d '2200-01-01 00:00:00.5 UTC' empty
                touch -h -d '2001-02-03 04:05:06.789 UTC' a/dangling; touch -d '2010-10-10 10:10:10.1 UTC' a/b a .
                """, tree.toString());
    }

    @Test
    void whiteoutsBecomeDevicesAndOpaqueMarksAttributes() throws IOException {
        unpack(
                file(".wh.gone", ""),
                directory("etc/"),
                file("etc/.wh..wh..opq", ""),
                file("etc/new", "new"),
                file("deep/er/.wh.gone", ""),
                file(".wh..wh.plnk", ""));

        try (Fd root = root()) {
            assertWhiteout(root, "gone");
            assertWhiteout(root, "deep/er/gone");
            assertOpaque(root, "etc");
            assertNull(Stat.atOrNull(root, RelativePath.parse(".wh..wh.plnk")));
        }
        assertEquals("new", Files.readString(diff.resolve("etc/new")));
    }

    @Test
    void anOpaqueMarkMayComeBeforeItsDirectory() throws IOException {
        UnpackedLayer layer = unpack(file("etc/.wh..wh..opq", ""), directory("etc"));
        try (Fd root = root()) {
            assertOpaque(root, "etc");
        }
        assertEquals(List.of(RelativePath.EMPTY), layer.implicitDirectories());
    }

    @Test
    void anOpaqueRootHidesEachNameBelow() throws IOException {
        Path below = scratch.directory("below");
        Command.run("sh", "-ceu", "cd $0; mkdir both only; touch file both-files", below.toString());
        UnpackedLayer layer = unpack(file(".wh..wh..opq", ""), directory("both"), file("both-files", "x"));

        assertTrue(layer.hidesAllBelow());
        OpaqueRoot.hide(diff, List.of(below));

        try (Fd root = root()) {
            assertWhiteout(root, "only");
            assertWhiteout(root, "file");
            assertOpaque(root, "both");
        }
        assertEquals("x", Files.readString(diff.resolve("both-files")));
    }

    @Test
    void aWhiteoutHidesNothingOfItsOwnLayerWhicheverComesFirst() throws IOException {
        unpack(
                file(".wh.a", ""),
                file("a", "again"),
                file("b", "first"),
                file(".wh.b", ""),
                file(".wh.c", ""),
                directory("c"),
                directory("d"),
                file("d/kept", ""),
                file(".wh.d", ""),
                file(".wh.e", ""),
                file("e/f/g", "implied"));

        assertEquals("again", Files.readString(diff.resolve("a")));
        assertEquals("first", Files.readString(diff.resolve("b")));
        assertTrue(Files.exists(diff.resolve("d/kept")));
        try (Fd root = root()) {
            assertOpaque(root, "c");
            assertOpaque(root, "d");
            assertOpaque(root, "e");
            assertNull(Xattrs.get(root, RelativePath.parse("e/f"), OPAQUE));
        }
    }

    @Test
    void theLaterOfTwoEntriesWins() throws IOException {
        unpack(
                file("file", "one"),
                entry("other", new TarContent.HardLink(ByteString.of("file"))),
                file("file", "two"),
                directory("tree"),
                directory("tree/sub"),
                file("tree/sub/x", "x"),
                file("tree", "now a file"),
                file("was-file", "x"),
                directory("was-file"),
                entry("was-link", new TarContent.Symlink(ByteString.of("../secret"))),
                file("was-link", "own"),
                withAttribute(directory("dir"), "user.old", "1"),
                withAttribute(directory("dir"), "user.new", "2"));

        assertEquals("two", Files.readString(diff.resolve("file")));
        assertEquals("one", Files.readString(diff.resolve("other")), "the other name keeps the first file");
        assertEquals("now a file", Files.readString(diff.resolve("tree")));
        assertTrue(Files.isDirectory(diff.resolve("was-file")));
        assertEquals("own", Files.readString(diff.resolve("was-link")));
        try (Fd root = root()) {
            assertEquals(List.of(XattrName.of("user.new")), Xattrs.list(root, FileName.of("dir")));
        }
    }

    @Test
    void missingParentsAreMadeAndReported() throws IOException {
        UnpackedLayer layer = unpack(file("a/b/c", ""), file("x/y", ""), directory("x"));

        assertEquals(
                List.of(RelativePath.EMPTY, RelativePath.parse("a"), RelativePath.parse("a/b")),
                layer.implicitDirectories());
        try (Fd root = root()) {
            assertEquals(0755, Stat.at(root, RelativePath.parse("a/b")).permissions());
        }
    }

    @Test
    void impliedDirectoriesLookLikeThoseTheyHide() throws IOException {
        Path below = scratch.directory("below");
        Command.run(
                "sh",
                "-ceu",
                "cd $0; chmod 750 .; mkdir -m 1777 a; chown 3:4 a; setfattr -n user.x -v y a",
                below.toString());
        UnpackedLayer layer = unpack(file("a/b/c", ""));

        DirectoryAttributes.inherit(diff, layer.implicitDirectories(), List.of(below));

        try (Fd root = root()) {
            Stat a = Stat.at(root, FileName.of("a"));
            assertEquals(01777, a.permissions());
            assertEquals(3, a.uid());
            assertEquals(4, a.gid());
            assertArrayEquals(new byte[] {'y'}, Xattrs.get(root, FileName.of("a"), XattrName.of("user.x")));
            assertEquals(0750, Stat.of(root).permissions());
            assertEquals(0755, Stat.at(root, RelativePath.parse("a/b")).permissions());
        }
    }

    @Test
    void timesOfDirectoriesAreThoseOfTheTarWhateverComesAfter() throws IOException {
        Instant time = Instant.parse("2001-02-03T04:05:06.123456789Z");
        unpack(directory("./").withModified(time), directory("a").withModified(time), file("a/b", ""), file("c", ""));
        try (Fd root = root()) {
            Stat.Time expected = new Stat.Time(time.getEpochSecond(), time.getNano());
            assertEquals(expected, Stat.of(root).modified());
            assertEquals(expected, Stat.at(root, FileName.of("a")).modified());
        }
    }

    @Test
    void nothingInheritsTheDefaultAclOfItsDirectory() throws IOException {
        Path model = scratch.directory("model");
        Command.run("setfacl", "-d", "-m", "u:7:rwx", model.toString());
        XattrName acl = XattrName.of("system.posix_acl_default");
        byte[] value;
        try (Fd directory = Fd.open(model, O.RDONLY | O.DIRECTORY)) {
            value = Objects.requireNonNull(Xattrs.get(directory, acl));
        }
        var attributes = new TreeMap<ByteString, ByteString>();
        attributes.put(ByteString.of(acl.toString()), ByteString.of(value));
        Given parent = directory("a");
        unpack(
                new Given(parent.entry.withXattrs(attributes), ""),
                file("a/file", "x"),
                directory("a/b"),
                file("a/c/d", ""));

        try (Fd root = root()) {
            assertArrayEquals(value, Xattrs.get(root, FileName.of("a"), acl));
            for (String path : List.of("a/file", "a/b", "a/c", "a/c/d")) {
                assertEquals(List.of(), Xattrs.list(root, RelativePath.parse(path)), path);
            }
        }
    }

    @Test
    void sparseFilesKeepTheirHolesWithEveryMap() throws IOException {
        var holes = new TarContent.File(1 << 20, List.of(new Extent(4096, 3), new Extent(70_000, 2)));
        var empty = new TarContent.File(1 << 30, List.of());
        unpack(
                new Given(TarEntry.of(ByteString.of("holes"), holes, 0600), "abcde"),
                new Given(TarEntry.of(ByteString.of("empty"), empty, 0600), ""));

        byte[] expected = new byte[1 << 20];
        System.arraycopy("abc".getBytes(StandardCharsets.US_ASCII), 0, expected, 4096, 3);
        System.arraycopy("de".getBytes(StandardCharsets.US_ASCII), 0, expected, 70_000, 2);
        assertArrayEquals(expected, Files.readAllBytes(diff.resolve("holes")));
        assertEquals(1 << 30, Files.size(diff.resolve("empty")));
        try (Fd root = root()) {
            assertEquals(0, Stat.at(root, FileName.of("empty")).blocks512());
        }
    }

    @Test
    void theOverlaysOwnAttributesAreLeftOutWithAWarning() throws IOException {
        unpack(
                withAttribute(directory("d"), "trusted.overlay.opaque", "y"),
                withAttribute(directory("e"), "user.overlay.redirect", "/d"),
                withAttribute(directory("f"), "user.fine", "1"));

        try (Fd root = root()) {
            assertEquals(List.of(), Xattrs.list(root, FileName.of("d")));
            assertEquals(List.of(), Xattrs.list(root, FileName.of("e")));
            assertEquals(1, Xattrs.list(root, FileName.of("f")).size());
        }
        assertEquals(2, warnings.size());
        assertTrue(warnings.getFirst().contains("trusted.overlay.opaque of 'd'"), warnings.getFirst());
    }

    @Test
    void whatLeadsOutsideIsRefusedByName() throws IOException {
        var out = new TarContent.Symlink(ByteString.of(".."));
        refused("../secret", file("../secret", "x"));
        refused("a/../../secret", file("a/../../secret", "x"));
        refused("/etc/passwd", file("/etc/passwd", "x"));
        refused("up/secret", entry("up", out), file("up/secret", "x"));
        refused("up/d/e", entry("up", out), directory("up/d/e"));
        refused("up/.wh.secret", entry("up", out), file("up/.wh.secret", ""));
        refused("up/.wh..wh..opq", entry("up", out), file("up/.wh..wh..opq", ""));
        refused(
                "in/up/secret",
                directory("in"),
                entry("in/up", new TarContent.Symlink(ByteString.of("../.."))),
                file("in/up/secret", "x"));
        refused(
                "inner/x",
                directory("real"),
                entry("inner", new TarContent.Symlink(ByteString.of("real"))),
                file("inner/x", "x"));
        refused("l", entry("l", new TarContent.HardLink(ByteString.of("../secret"))));
        refused("l", entry("l", new TarContent.HardLink(ByteString.of("/etc/passwd"))));
        refused("l", entry("up", out), entry("l", new TarContent.HardLink(ByteString.of("up/secret"))));
        refused("l", entry("l", new TarContent.HardLink(ByteString.of("absent"))));
        refused("l", directory("d"), entry("l", new TarContent.HardLink(ByteString.of("d"))));
        refused("l", file(".wh.x", ""), entry("l", new TarContent.HardLink(ByteString.of("x"))));
        refused(".wh...", file(".wh...", ""));
        refused("f/x", file("f", ""), file("f/x", ""));
    }

    @Test
    void aHardLinkToASymlinkIsASecondNameOfTheSymlink() throws IOException {
        unpack(
                entry("s", new TarContent.Symlink(ByteString.of("../secret"))),
                entry("t", new TarContent.HardLink(ByteString.of("s"))));
        try (Fd root = root()) {
            assertTrue(Stat.at(root, FileName.of("t")).isSameFileAs(Stat.at(root, FileName.of("s"))));
            assertEquals("../secret", new String(Names.readLink(root, FileName.of("t")), StandardCharsets.UTF_8));
        }
    }

    @Test
    void whatFollowsTheEndOfTheArchiveCountsInTheDiffId() throws IOException {
        byte[] tar = Arrays.copyOf(tarOf(file("a", "x")), 20_480);
        UnpackedLayer layer = LayerUnpacker.unpack(new ByteArrayInputStream(tar), diff, warnings::add);
        assertEquals(new DiffId(Digest.of(tar)), layer.diffId());
    }

    @Test
    void theDiffIdIsOfEveryByteHoweverTheyCome() throws IOException {
        byte[] tar = tarOf(file("a", "x".repeat(1000)), file("b", "y".repeat(300)));
        tar[512 + 1000] = 'z'; // in the filling after the data, which a reader would skip
        for (int pieceBytes : List.of(1, 100, 512, 512 + 1000)) {
            InputStream inPieces = new ByteArrayInputStream(tar) {
                @Override
                public synchronized int read(byte[] buffer, int offset, int length) {
                    return super.read(buffer, offset, Math.min(length, pieceBytes));
                }
            };
            UnpackedLayer layer = LayerUnpacker.unpack(inPieces, diff, warnings::add);
            assertEquals(new DiffId(Digest.of(tar)), layer.diffId(), "in pieces of " + pieceBytes);
        }
    }

    @Test
    void aTruncatedTarIsAnError() throws IOException {
        byte[] tar = tarOf(file("a", "x".repeat(2000)));
        assertThrows(
                IOException.class,
                () -> LayerUnpacker.unpack(new ByteArrayInputStream(Arrays.copyOf(tar, 1024)), diff, warnings::add));
    }

    @Test
    void aDeepTreeThatAnEntryReplacesIsRemovedWhole() throws IOException {
        String deep = "d/".repeat(1500);
        unpack(directory(deep), file("d", "flat"));
        assertEquals("flat", Files.readString(diff.resolve("d")));
        try (var names = Files.list(diff)) {
            assertEquals(1, names.count());
        }
    }

    private record Given(TarEntry entry, String content) {
        Given withModified(Instant time) {
            return new Given(entry.withModified(time), content);
        }
    }

    private static Given file(String name, String content) {
        return new Given(TarEntry.of(ByteString.of(name), TarContent.File.of(content.length()), 0644), content);
    }

    private static Given directory(String name) {
        return entry(name, DIRECTORY);
    }

    private static Given entry(String name, TarContent content) {
        return new Given(TarEntry.of(ByteString.of(name), content, 0755), "");
    }

    private static Given withAttribute(Given given, String name, String value) {
        var attributes = new TreeMap<ByteString, ByteString>();
        attributes.put(ByteString.of(name), ByteString.of(value));
        return new Given(given.entry.withXattrs(attributes), given.content);
    }

    private static byte[] tarOf(Given... entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            for (Given given : entries) {
                tar.write(given.entry, new ByteArrayInputStream(given.content.getBytes(StandardCharsets.UTF_8)));
            }
        }
        return bytes.toByteArray();
    }

    private UnpackedLayer unpack(Given... entries) throws IOException {
        return LayerUnpacker.unpack(new ByteArrayInputStream(tarOf(entries)), diff, warnings::add);
    }

    private void refused(String name, Given... entries) throws IOException {
        TreeRemoval.empty(diff);
        IOException refusal = assertThrows(IOException.class, () -> unpack(entries), name);
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith("refused: entry '" + name + "': "), message);
    }

    private Fd root() throws IOException {
        return Fd.open(diff, O.RDONLY | O.DIRECTORY);
    }

    private static void assertWhiteout(Fd root, String path) throws IOException {
        Stat stat = Stat.at(root, RelativePath.parse(path));
        assertTrue(stat.isCharacterDevice() && stat.rdevice() == 0, path);
    }

    private static void assertOpaque(Fd root, String path) throws IOException {
        assertArrayEquals(new byte[] {'y'}, Xattrs.get(root, RelativePath.parse(path), OPAQUE), path);
    }
}
