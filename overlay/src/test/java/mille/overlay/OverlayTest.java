package mille.overlay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The union as its facade shows it, without a mount: what ends up in the layers is looked at directly. */
@NullMarked
final class OverlayTest {
    private static final XattrName OPAQUE = XattrName.of("trusted.overlay.opaque");
    private static final long ROOT = Overlay.ROOT_ID;

    @TempDir
    Path scratch;

    private Path top;
    private Path bottom;
    private Path upper;
    private Path work;
    private Overlay overlay;

    @BeforeEach
    void open() throws IOException {
        top = Files.createDirectories(scratch.resolve("top"));
        bottom = Files.createDirectories(scratch.resolve("bottom"));
        upper = Files.createDirectories(scratch.resolve("upper"));
        work = Files.createDirectories(scratch.resolve("work"));
        Files.writeString(bottom.resolve("file"), "from the bottom");
        Files.writeString(bottom.resolve("hidden"), "never seen");
        Files.createDirectories(bottom.resolve("both/deep"));
        Files.writeString(bottom.resolve("both/low"), "low");
        Files.createDirectories(top.resolve("both"));
        Files.writeString(top.resolve("both/high"), "high");
        try (Fd directory = Fd.open(top, O.PATH)) {
            Names.makeNode(directory, FileName.of("hidden"), Stat.S_IFCHR, 0);
        }
        overlay = Overlay.open(OverlayOptions.of(List.of(top, bottom), upper, work));
    }

    @AfterEach
    void close() throws IOException {
        overlay.close();
    }

    private long id(String path) throws ErrnoException {
        long at = ROOT;
        for (FileName name : RelativePath.parse(path).names()) {
            Entry entry = overlay.lookup(at, name);
            assertNotNull(entry, path);
            at = entry.nodeId();
        }
        return at;
    }

    private List<String> list(long directory) throws ErrnoException {
        List<String> names = new ArrayList<>();
        overlay.openDirectory(directory).read(0, (name, _, _, _) -> {
            if (name != null) {
                names.add(name.toString());
            }
            return true;
        });
        return List.copyOf(new TreeSet<>(names));
    }

    private static String read(OpenFile file) throws ErrnoException {
        NativeBuffer buffer = NativeBuffer.allocate(100);
        int length = file.read(buffer, 100, 0);
        return new String(buffer.getBytes(0, length), StandardCharsets.UTF_8);
    }

    private static void write(OpenFile file, String text, long offset) throws ErrnoException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        NativeBuffer buffer = NativeBuffer.allocate(bytes.length);
        buffer.putBytes(0, bytes, 0, bytes.length);
        assertEquals(bytes.length, file.write(buffer, bytes.length, offset));
    }

    private boolean isWhiteout(String path) throws ErrnoException {
        try (Fd directory = Fd.open(upper, O.PATH)) {
            return Whiteout.isDevice(Stat.at(directory, RelativePath.parse(path)));
        }
    }

    private interface Action {
        void run() throws ErrnoException;
    }

    private static void assertErrno(Errno expected, Action action) {
        assertEquals(expected, assertThrows(ErrnoException.class, action::run).errno());
    }

    @Test
    void directoriesOfAllLayersAreMergedAndWhiteoutsHide() throws ErrnoException {
        assertEquals(List.of("both", "file"), list(ROOT));
        assertEquals(List.of("deep", "high", "low"), list(id("both")));
        assertNull(overlay.lookup(ROOT, FileName.of("hidden")));
    }

    @Test
    void aWriteCopiesUpAndLeavesTheLowerAlone() throws IOException {
        try (OpenFile reader = overlay.open(id("file"), O.RDONLY);
                OpenFile writer = overlay.open(id("file"), O.WRONLY)) {
            write(writer, "FROM", 0);
            assertEquals("FROM the bottom", read(reader), "a reader that was there before sees the new data");
        }
        assertEquals("FROM the bottom", Files.readString(upper.resolve("file")));
        assertEquals("from the bottom", Files.readString(bottom.resolve("file")));
    }

    @Test
    void aCopiedUpFileKeepsItsNumberAndItsId() throws ErrnoException {
        Entry before = overlay.lookup(ROOT, FileName.of("file"));
        assertNotNull(before);
        overlay.setAttributes(before.nodeId(), AttributeChange.ofMode(0600), null);
        Entry after = overlay.lookup(ROOT, FileName.of("file"));
        assertNotNull(after);
        assertEquals(before.nodeId(), after.nodeId());
        assertEquals(before.stat().inode(), after.stat().inode());
        assertEquals(0600, after.stat().permissions());
    }

    @Test
    void removingALowerFileLeavesAWhiteout() throws ErrnoException {
        overlay.unlink(ROOT, FileName.of("file"));
        assertNull(overlay.lookup(ROOT, FileName.of("file")));
        assertEquals(List.of("both"), list(ROOT));
        assertTrue(isWhiteout("file"));
    }

    @Test
    void removingAnUpperFileLeavesNothing() throws IOException {
        overlay.create(ROOT, FileName.of("new"), 0644, O.RDWR, Caller.ROOT)
                .file()
                .close();
        overlay.unlink(ROOT, FileName.of("new"));
        assertFalse(Files.exists(upper.resolve("new"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void whoMakesWhatIsThereLearnsWhatItIsOnceItIsOpen() throws ErrnoException {
        Overlay.Created kept = overlay.create(ROOT, FileName.of("file"), 0600, O.RDWR, Caller.ROOT);
        assertEquals(15, kept.entry().stat().sizeBytes());
        kept.file().close();
        Overlay.Created truncated = overlay.create(ROOT, FileName.of("file"), 0600, O.RDWR | O.TRUNC, Caller.ROOT);
        assertEquals(0, truncated.entry().stat().sizeBytes());
        assertEquals(kept.entry().nodeId(), truncated.entry().nodeId());
        truncated.file().close();
    }

    @Test
    void whatIsThereAndCanNotBeOpenedIsNotKeptInMind() {
        int known = overlay.nodeCount();
        assertErrno(Errno.EISDIR, () -> overlay.create(ROOT, FileName.of("both"), 0600, O.RDWR | O.TRUNC, Caller.ROOT));
        assertEquals(known, overlay.nodeCount());
    }

    @Test
    void aRemovedFileStaysReadableForWhoKnowsIt() throws ErrnoException {
        long file = id("file");
        overlay.unlink(ROOT, FileName.of("file"));
        assertEquals(15, overlay.attributes(file).sizeBytes());
        try (OpenFile open = overlay.open(file, O.RDWR)) {
            write(open, "FROM", 0);
            assertEquals("FROM the bottom", read(open));
        }
        assertTrue(isWhiteout("file"), "writing to a removed file brings its name not back");
    }

    @Test
    void aDirectoryMadeOverAWhiteoutHidesWhatWasBelow() throws IOException {
        overlay.unlink(id("both"), FileName.of("low"));
        overlay.unlink(id("both"), FileName.of("high"));
        overlay.removeDirectory(id("both"), FileName.of("deep"));
        overlay.removeDirectory(ROOT, FileName.of("both"));
        assertTrue(isWhiteout("both"));
        Entry made = overlay.makeDirectory(ROOT, FileName.of("both"), 0755, Caller.ROOT);
        assertEquals(List.of(), list(made.nodeId()));
        try (Fd directory = Fd.open(upper.resolve("both"), O.PATH)) {
            assertArrayEquals(new byte[] {'y'}, Xattrs.get(directory, OPAQUE));
        }
    }

    @Test
    void aDirectoryThatShowsSomethingIsNotRemoved() {
        assertErrno(Errno.ENOTEMPTY, () -> overlay.removeDirectory(ROOT, FileName.of("both")));
    }

    @Test
    void renamingALowerFileLeavesAWhiteoutBehind() throws IOException {
        overlay.rename(ROOT, FileName.of("file"), id("both"), FileName.of("moved"), 0);
        assertEquals(List.of("both"), list(ROOT));
        assertEquals("from the bottom", Files.readString(upper.resolve("both/moved")));
        assertTrue(isWhiteout("file"));
    }

    @Test
    void withoutRedirectsRenamingADirectoryOfALowerLayerIsForTheCallerToCopy() throws IOException {
        overlay.close();
        overlay = Overlay.open(
                new OverlayOptions(List.of(top, bottom), List.of(), upper, work, RedirectPolicy.OFF, Set.of()));
        assertErrno(Errno.EXDEV, () -> overlay.rename(ROOT, FileName.of("both"), ROOT, FileName.of("other"), 0));
    }

    @Test
    void aDirectoryOfLowerLayersIsRenamedByDefault() throws ErrnoException {
        overlay.rename(ROOT, FileName.of("both"), ROOT, FileName.of("other"), 0);
        assertEquals(List.of("deep", "high", "low"), list(id("other")));
    }

    @Test
    void aNewDirectoryMovesAndStaysApartFromWhatLiesBelowItsNewName() throws ErrnoException {
        Entry made = overlay.makeDirectory(ROOT, FileName.of("new"), 0755, Caller.ROOT);
        overlay.unlink(id("both"), FileName.of("low"));
        overlay.unlink(id("both"), FileName.of("high"));
        overlay.removeDirectory(id("both"), FileName.of("deep"));
        overlay.rename(ROOT, FileName.of("new"), ROOT, FileName.of("both"), 0);
        assertEquals(List.of(), list(id("both")));
        assertEquals(made.nodeId(), id("both"));
    }

    @Test
    void exchangeSwapsTwoFiles() throws IOException {
        overlay.create(ROOT, FileName.of("new"), 0644, O.RDWR, Caller.ROOT)
                .file()
                .close();
        long file = id("file");
        overlay.rename(ROOT, FileName.of("file"), ROOT, FileName.of("new"), Names.RENAME_EXCHANGE);
        assertEquals(file, id("new"));
        assertEquals("from the bottom", Files.readString(upper.resolve("new")));
        assertEquals("", Files.readString(upper.resolve("file")));
    }

    @Test
    void hardLinksAreOneNode() throws ErrnoException {
        long file = id("file");
        Entry linked = overlay.link(file, ROOT, FileName.of("again"));
        assertEquals(file, linked.nodeId());
        assertEquals(2, linked.stat().linkCount());
        overlay.unlink(ROOT, FileName.of("file"));
        assertEquals(1, overlay.attributes(file).linkCount());
        assertEquals(file, id("again"));
    }

    @Test
    void newFilesBelongToTheCaller() throws ErrnoException {
        Entry made = overlay.makeDirectory(ROOT, FileName.of("own"), 0777, new Caller(1000, 1001, 027));
        assertEquals(1000, made.stat().uid());
        assertEquals(1001, made.stat().gid());
        assertEquals(0750, made.stat().permissions());
    }

    @Test
    void nobodyMakesAWhiteoutByHand() {
        assertErrno(Errno.EPERM, () -> overlay.makeNode(ROOT, FileName.of("w"), Stat.S_IFCHR | 0600, 0, Caller.ROOT));
    }

    @Test
    void theOverlaysOwnAttributesAreNotShown() throws ErrnoException {
        Entry made = overlay.makeDirectory(ROOT, FileName.of("own"), 0755, Caller.ROOT);
        overlay.setXattr(made.nodeId(), OPAQUE, new byte[] {'n'}, 0, false);
        overlay.setXattr(made.nodeId(), XattrName.of("user.x"), new byte[] {1}, 0, false);
        assertEquals(
                List.of(OPAQUE, XattrName.of("user.x")),
                overlay.xattrs(made.nodeId(), true).stream()
                        .sorted(Comparator.comparing(XattrName::toString))
                        .toList());
        try (Fd directory = Fd.open(upper.resolve("own"), O.PATH)) {
            assertArrayEquals(
                    new byte[] {'y'},
                    Xattrs.get(directory, OPAQUE),
                    "a user's attribute of that name is stored under another");
        }
    }

    @Test
    void whatNobodyKnowsIsForgotten() throws ErrnoException {
        int before = overlay.nodeCount();
        long low = id("both/low");
        overlay.forget(low, 1);
        overlay.forget(id("both"), 2);
        assertEquals(before, overlay.nodeCount());
        assertErrno(Errno.ESTALE, () -> overlay.attributes(low));
    }

    @Test
    void anUpperInUseIsRefusedWithItsName() {
        IOException refused = assertThrows(
                IOException.class,
                () -> Overlay.open(OverlayOptions.of(List.of(bottom), upper, work))
                        .close());
        assertTrue(String.valueOf(refused.getMessage()).contains("upperdir " + upper + " is in use"));
    }

    @Test
    void withoutAnUpperNothingCanBeChanged() throws IOException {
        try (Overlay fixed = Overlay.open(OverlayOptions.of(List.of(top, bottom), null, null))) {
            assertErrno(Errno.EROFS, () -> fixed.unlink(ROOT, FileName.of("file")));
            assertErrno(Errno.EROFS, () -> fixed.makeDirectory(ROOT, FileName.of("d"), 0755, Caller.ROOT));
            Entry file = fixed.lookup(ROOT, FileName.of("file"));
            assertNotNull(file);
            assertErrno(Errno.EROFS, () -> fixed.open(file.nodeId(), O.RDWR));
            assertErrno(Errno.EROFS, () -> fixed.setAttributes(file.nodeId(), AttributeChange.ofMode(0), null));
        }
    }
}
