package mille.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is looked up by the way when a directory is listed: it is what a lookup by name finds, whatever happened since the listing. */
@NullMarked
final class ListingTest {
    private static final long ROOT = Overlay.ROOT_ID;
    private static final int LOWERS = 5;

    @TempDir
    Path scratch;

    private final List<Path> lowers = new ArrayList<>();
    private Path upper;
    private Overlay overlay;

    @BeforeEach
    void open() throws IOException {
        for (int i = 0; i < LOWERS; i++) {
            lowers.add(Files.createDirectories(scratch.resolve("lower" + i)));
        }
        upper = Files.createDirectories(scratch.resolve("upper"));
        file("lower4/file");
        file("lower3/directory/three");
        file("lower4/directory/four");
        file("lower1/directory/one");
        file("lower2/stopped");
        file("lower4/stopped/unseen");
        file("lower0/apart/zero");
        file("lower3/apart/unseen");
        mark("lower0/apart", "opaque", "y");
        file("lower1/moved/one");
        file("lower3/before/three");
        mark("lower1/moved", "redirect", "before");
        whiteout("lower1", "before");
        whiteout("lower2", "gone");
        file("lower4/gone");
        overlay = Overlay.open(OverlayOptions.of(lowers, upper, Files.createDirectories(scratch.resolve("work"))));
    }

    private void file(String path) throws IOException {
        Path file = scratch.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, path);
    }

    private void mark(String path, String attribute, String value) throws IOException {
        try (Fd file = Fd.open(scratch.resolve(path), O.PATH)) {
            Xattrs.set(file, XattrName.of("trusted.overlay." + attribute), value.getBytes(StandardCharsets.UTF_8), 0);
        }
    }

    private void whiteout(String layer, String name) throws IOException {
        try (Fd directory = Fd.open(scratch.resolve(layer), O.PATH)) {
            Names.makeNode(directory, FileName.of(name), Stat.S_IFCHR, 0);
        }
    }

    @AfterEach
    void close() throws IOException {
        overlay.close();
    }

    /** Takes what it is offered; names once it has room for them. */
    private static final class Nodes implements OpenDirectory.NodeConsumer {
        final Map<String, Long> ids = new HashMap<>();
        final List<String> bare = new ArrayList<>();
        boolean hasRoom = true;

        @Override
        public boolean hasRoomFor(FileName name) {
            return hasRoom;
        }

        @Override
        public boolean accept(@Nullable FileName name, long inode, int type, long nextOffset) {
            if (name != null) {
                bare.add(name.toString());
            }
            return true;
        }

        @Override
        public void acceptNode(FileName name, Entry entry, int type, long nextOffset) {
            assertEquals(entry.stat().type() >>> 12, type, name.toString());
            assertNull(ids.put(name.toString(), entry.nodeId()));
        }
    }

    private interface Change {
        void run() throws ErrnoException;
    }

    /** @param change what happens between listing and looking up */
    private Nodes list(long directory, Change change) throws ErrnoException {
        Nodes nodes = new Nodes();
        OpenDirectory opened = overlay.openDirectory(directory);
        nodes.hasRoom = false;
        opened.readNodes(0, nodes);
        change.run();
        nodes.hasRoom = true;
        opened.readNodes(2, nodes);
        return nodes;
    }

    private Nodes list(long directory) throws ErrnoException {
        Nodes nodes = new Nodes();
        overlay.openDirectory(directory).readNodes(0, nodes);
        return nodes;
    }

    private long id(Nodes nodes, String name) {
        Long id = nodes.ids.get(name);
        assertNotNull(id, name);
        return id;
    }

    private String read(long node) throws ErrnoException {
        NativeBuffer buffer = NativeBuffer.allocate(100);
        try (OpenFile file = overlay.open(node, O.RDONLY)) {
            return new String(buffer.getBytes(0, file.read(buffer, 100, 0)), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theLayersThatAListingSawAreMerged() throws ErrnoException {
        Nodes root = list(ROOT);
        assertEquals(Set.of("file", "directory", "stopped", "apart", "moved"), root.ids.keySet());
        assertEquals("lower4/file", read(id(root, "file")));
        assertEquals("lower2/stopped", read(id(root, "stopped")));
        assertEquals(
                Set.of("one", "three", "four"), list(id(root, "directory")).ids.keySet());
    }

    @Test
    void anOpaqueDirectoryEndsWhatWasSeenFurtherDown() throws ErrnoException {
        assertEquals(Set.of("zero"), list(id(list(ROOT), "apart")).ids.keySet());
    }

    @Test
    void aRedirectLeadsToNamesThatWereNotListed() throws ErrnoException {
        assertEquals(Set.of("one", "three"), list(id(list(ROOT), "moved")).ids.keySet());
    }

    @Test
    void whatWasRemovedSinceTheListingHasNoNode() throws ErrnoException {
        Nodes root = list(ROOT, () -> overlay.unlink(ROOT, FileName.of("file")));
        assertTrue(root.bare.contains("file"));
        assertFalse(root.ids.containsKey("file"));
    }

    @Test
    void whatReplacedAFileSinceTheListingIsFound() throws ErrnoException {
        Nodes root = list(ROOT, () -> {
            Caller caller = new Caller(0, 0, 0);
            Entry made = overlay.makeSymlink(ROOT, FileName.of("other"), new byte[] {'x'}, caller);
            overlay.rename(ROOT, FileName.of("other"), ROOT, FileName.of("file"), 0);
            overlay.forget(made.nodeId(), 1);
        });
        assertFalse(root.bare.contains("file"));
        assertEquals("x", new String(overlay.readLink(id(root, "file")), StandardCharsets.UTF_8));
    }

    @Test
    void whatWasCopiedUpSinceTheListingIsFoundInTheUpperLayer() throws ErrnoException {
        Nodes root = list(ROOT, () -> {
            Entry entry = overlay.lookup(ROOT, FileName.of("file"));
            assertNotNull(entry);
            overlay.open(entry.nodeId(), O.WRONLY | O.TRUNC).close();
            overlay.forget(entry.nodeId(), 1);
        });
        assertEquals("", read(id(root, "file")));
    }

    private long makeLargeDirectory(int files) throws ErrnoException {
        Caller caller = new Caller(0, 0, 0);
        long directory =
                overlay.makeDirectory(ROOT, FileName.of("large"), 0755, caller).nodeId();
        for (int i = 0; i < files; i++) {
            make(directory, "f" + i);
        }
        return directory;
    }

    private void make(long directory, String name) throws ErrnoException {
        Entry made = overlay.makeNode(directory, FileName.of(name), Stat.S_IFIFO | 0600, 0, new Caller(0, 0, 0));
        overlay.forget(made.nodeId(), 1);
    }

    @Test
    void aReaderGoesOnWhereItWasThoughNamesCameAndWentMeanwhile() throws ErrnoException {
        long directory = makeLargeDirectory(1000);
        List<String> read = new ArrayList<>();
        Set<String> removed = new HashSet<>();
        long[] place = {0};
        while (overlay.openDirectory(directory).read(place[0], upTo(100, read, place))) {
            make(directory, "new" + read.size());
            overlay.unlink(directory, FileName.of(read.getLast()));
            removed.add(read.getLast());
            String unread = IntStream.range(0, 1000)
                    .mapToObj(i -> "f" + i)
                    .filter(name -> !read.contains(name) && !removed.contains(name))
                    .findFirst()
                    .orElse(null);
            if (unread != null) {
                overlay.unlink(directory, FileName.of(unread));
                removed.add(unread);
            }
        }
        assertEquals(read.size(), Set.copyOf(read).size(), "each once");
        for (int i = 0; i < 1000; i++) {
            assertTrue(read.contains("f" + i) || removed.contains("f" + i), "f" + i);
        }
    }

    private static OpenDirectory.EntryConsumer upTo(int count, List<String> names, long[] place) {
        int end = names.size() + count;
        return (name, _, _, nextOffset) -> {
            if (names.size() == end) {
                return false;
            }
            assertTrue(nextOffset > place[0] && nextOffset <= Integer.MAX_VALUE);
            place[0] = nextOffset;
            if (name != null) {
                names.add(name.toString());
            }
            return true;
        };
    }

    @Test
    void namesPastTheFirstOfALargeDirectoryAreLookedUpIfSomebodyAsksForSuch() throws ErrnoException {
        int many = OpenDirectory.NODES_UNASKED + 10;
        long directory = makeLargeDirectory(many);
        assertEquals(10, list(directory).bare.size());
        overlay.lookup(directory, FileName.of("f1"));
        assertEquals(0, list(directory).bare.size());
        assertEquals(10, list(directory).bare.size());
    }

    @Test
    void allNamesOfADirectoryInManyLayersAreLookedUp() throws IOException {
        List<Path> many = new ArrayList<>();
        for (int layer = 0; layer <= OpenDirectory.FEW_LAYERS; layer++) {
            Path lower = scratch.resolve("many" + layer);
            Files.createDirectories(lower.resolve("shared"));
            many.add(lower);
        }
        for (int i = 0; i < OpenDirectory.NODES_UNASKED + 10; i++) {
            file("many" + i % many.size() + "/shared/f" + i);
        }
        try (Overlay deep = Overlay.open(OverlayOptions.of(many, null, null))) {
            long directory = Objects.requireNonNull(deep.lookup(ROOT, FileName.of("shared")))
                    .nodeId();
            Nodes nodes = new Nodes();
            deep.openDirectory(directory).readNodes(0, nodes);
            assertEquals(List.of(), nodes.bare);
            assertEquals(OpenDirectory.NODES_UNASKED + 10, nodes.ids.size());
        }
    }
}
