package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileHandle;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.testkit.OverlayDriver;
import mille.testkit.Playground;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** File handles that outlive the kernel's caches and the mount, with {@code nfs_export=on}. */
abstract class ExportContract extends UnionChapter {
    private static final String ON = "nfs_export=on";
    private static final String REDIRECT = "redirect_dir=on";
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    ExportContract(OverlayDriver driver) {
        super(driver);
    }

    /** A handle, and what it has to lead to. */
    private record Taken(FileHandle handle, long inode, int type) {}

    private Taken take(String name) throws ErrnoException {
        FileHandle handle = FileHandle.of(merged().directory(), RelativePath.parse(name));
        assertNotNull(handle, name);
        Stat stat = merged().stat(name);
        return new Taken(handle, stat.inode(), stat.type());
    }

    private static void dropCaches() throws IOException {
        Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "2");
    }

    private @Nullable Fd open(Taken taken, int flags) throws ErrnoException {
        return taken.handle().open(merged().directory(), flags);
    }

    /** At the latest when nobody holds the file any more: over FUSE the kernel goes on holding it until RELEASE is answered. */
    private void assertStale(Taken taken) throws ErrnoException {
        long begun = System.nanoTime();
        boolean stale = false;
        while (!stale && System.nanoTime() - begun < PATIENCE_NANOS) {
            try (Fd file = open(taken, O.PATH)) {
                stale = file == null;
            }
            LockSupport.parkNanos(stale ? 0 : 1_000_000);
        }
        assertTrue(stale, "handle of what is gone");
    }

    /** By a path where the kernel knows one: of directories it does. */
    private void assertLeadsTo(String name, Taken taken) throws IOException {
        try (Fd file = open(taken, O.PATH)) {
            assertNotNull(file, name);
            Stat stat = Stat.of(file);
            assertEquals(taken.inode(), stat.inode(), name);
            assertEquals(taken.type(), stat.type(), name);
            assertEquals(merged().stat(name).inode(), stat.inode(), name);
            if (stat.isDirectory()) {
                assertEquals(merged().path(name).normalize(), Files.readSymbolicLink(file.procPath()));
            }
        }
    }

    private void assertReads(String expected, Taken taken) throws ErrnoException {
        try (Fd file = open(taken, O.RDONLY)) {
            assertNotNull(file, expected);
            assertEquals(expected, Playground.readAll(file));
        }
    }

    /** Asserts it while the kernel knows the file, when it has forgotten it, after a remount, and when it was forgotten again. */
    private void assertLasts(Map<String, Taken> handles) throws IOException {
        for (int round = 0; round < 4; round++) {
            for (Map.Entry<String, Taken> each : handles.entrySet()) {
                assertLeadsTo(each.getKey(), each.getValue());
            }
            if (round == 1) {
                remount();
            } else {
                dropCaches();
            }
        }
    }

    private static void oneOfEachKind(Playground layer, String directory) throws ErrnoException {
        layer.mkdir(directory);
        layer.write(directory + "/file", "of " + directory);
        layer.symlink("file", directory + "/symlink");
        layer.mknod(directory + "/pipe", Stat.S_IFIFO | 0644, 0, 0);
        layer.mknod(directory + "/socket", Stat.S_IFSOCK | 0644, 0, 0);
        layer.mknod(directory + "/device", Stat.S_IFCHR | 0600, 1, 3);
        layer.mkdir(directory + "/empty");
    }

    private Map<String, Taken> takeAll(String... directories) throws ErrnoException {
        Map<String, Taken> all = new LinkedHashMap<>();
        all.put(".", take("."));
        for (String directory : directories) {
            all.put(directory, take(directory));
            for (String name : List.of("file", "symlink", "pipe", "socket", "device", "empty")) {
                all.put(directory + "/" + name, take(directory + "/" + name));
            }
        }
        return all;
    }

    private static Taken of(Map<String, Taken> all, String name) {
        return Objects.requireNonNull(all.get(name), name);
    }

    @Test
    void everyKindOfFileIsFoundAgain() throws IOException {
        oneOfEachKind(bottom(), "low");
        oneOfEachKind(upper(), "high");
        bottom().mkdir("low/merged");
        bottom().write("low/merged/b", "b");
        top().mkdir("low");
        top().mkdir("low/merged");
        top().write("low/merged/t", "t");
        mount(ON);
        oneOfEachKind(merged(), "new");
        Map<String, Taken> all = takeAll("low", "high", "new");
        all.put("low/merged", take("low/merged"));
        all.put("low/merged/t", take("low/merged/t"));
        all.put("low/merged/b", take("low/merged/b"));
        assertLasts(all);
        assertReads("of low", of(all, "low/file"));
        assertReads("of new", of(all, "new/file"));
        try (Fd directory = open(of(all, "low/merged"), O.RDONLY | O.DIRECTORY)) {
            assertNotNull(directory);
            assertEquals(List.of("b", "t"), new Listed(directory).names());
        }
    }

    /** What an open directory shows. */
    private record Listed(Fd directory) {
        List<String> names() throws IOException {
            try (var files = Files.list(directory.procPath())) {
                return files.map(file -> String.valueOf(file.getFileName()))
                        .sorted()
                        .toList();
            }
        }
    }

    @Test
    void aHandleOfALowerFileLeadsToItsCopy() throws IOException {
        oneOfEachKind(bottom(), "low");
        mount(ON);
        Map<String, Taken> all = takeAll("low");
        dropCaches();
        for (Map.Entry<String, Taken> each : all.entrySet()) {
            if (each.getValue().type() != Stat.S_IFLNK) {
                merged().chmod(each.getKey(), 0700);
            }
        }
        merged().append("low/file", ", changed");
        merged().chown("low/symlink", 1, 1);
        assertLasts(all);
        assertReads("of low, changed", of(all, "low/file"));
    }

    /** Of a size that the kernel might read by itself. */
    @Test
    void aLargeFileThatIsOpenWhenItIsCopiedUpKeepsItsHandle() throws IOException {
        bottom().write("large", "x".repeat(300_000));
        mount(ON);
        Taken large = take("large");
        try (Fd _ = merged().open("large", O.RDONLY)) {
            merged().append("large", "y");
            assertLeadsTo("large", large);
        }
        assertLasts(Map.of("large", large));
        assertReads("x".repeat(300_000) + "y", large);
    }

    @Test
    void aHandleStandsForAFileWhateverItsName() throws IOException {
        oneOfEachKind(bottom(), "low");
        oneOfEachKind(upper(), "high");
        mount(ON, REDIRECT);
        Map<String, Taken> before = takeAll("low", "high");
        merged().mkdir("else");
        merged().rename("low", "else/where");
        merged().rename("high", "else/higher");
        merged().rename("else/where/empty", "else/full");
        merged().rename("else/where/file", "else/higher/moved");
        Map<String, Taken> after = new LinkedHashMap<>();
        before.forEach((name, taken) -> after.put(
                switch (name) {
                    case "low/empty" -> "else/full";
                    case "low/file" -> "else/higher/moved";
                    default -> name.replaceFirst("^low", "else/where").replaceFirst("^high", "else/higher");
                },
                taken));
        assertLasts(after);
        merged().rename("else", "last");
        assertLeadsTo("last/full", of(before, "low/empty"));
        dropCaches();
        assertLeadsTo("last/where/symlink", of(before, "low/symlink"));
        assertReads("of low", of(before, "low/file"));
    }

    @Test
    void directoriesThatChangePlacesKeepTheirHandles() throws IOException {
        oneOfEachKind(bottom(), "a");
        oneOfEachKind(upper(), "b");
        mount(ON, REDIRECT);
        Taken a = take("a");
        Taken b = take("b");
        Taken inA = take("a/file");
        remount();
        assertLeadsTo("a/file", inA); // from here on names are kept
        merged().rename("a", "b", Names.RENAME_EXCHANGE);
        dropCaches();
        assertLasts(Map.of("a", b, "b", a, "b/file", inA));
    }

    @Test
    void allNamesOfAFileAreOneHandle() throws IOException {
        bottom().mkdir("dir");
        bottom().write("one", "low");
        bottom().link("one", "dir/two");
        bottom().link("one", "dir/three");
        upper().write("high", "high");
        upper().link("high", "high-too");
        mount(ON);
        Taken low = take("one");
        Taken high = take("high");
        merged().unlink("one");
        merged().unlink("high");
        assertLasts(Map.of("dir/two", low, "high-too", high));
        merged().append("dir/three", ", changed");
        merged().link("dir/three", "four");
        merged().unlink("dir/two");
        merged().unlink("dir/three");
        merged().rename("high-too", "dir/high");
        assertLasts(Map.of("four", low, "dir/high", high));
        assertReads("low, changed", low);
        merged().unlink("four");
        dropCaches();
        assertStale(low);
        remount();
        assertStale(low);
        assertReads("high", high);
    }

    @Test
    void whatIsGoneIsStale() throws IOException {
        oneOfEachKind(bottom(), "low");
        oneOfEachKind(upper(), "high");
        mount(ON);
        Map<String, Taken> all = takeAll("low", "high");
        try (Fd open = merged().open("low/file", O.RDONLY)) {
            merged().unlink("low/file");
            dropCaches();
            assertReads("of low", of(all, "low/file"));
            assertEquals("of low", Playground.readAll(open));
        }
        for (String directory : List.of("low", "high")) {
            for (String name : merged().names(directory)) {
                if (name.equals("empty")) {
                    merged().rmdir(directory + "/" + name);
                } else {
                    merged().unlink(directory + "/" + name);
                }
            }
            merged().rmdir(directory);
        }
        all.remove(".");
        for (int round = 0; round < 2; round++) {
            dropCaches();
            for (Taken gone : all.values()) {
                assertStale(gone);
            }
            remount();
        }
    }

    @Test
    void anotherFileOfThatNameOrNumberIsAnotherFile() throws IOException {
        bottom().write("low", "low");
        mount(ON);
        Taken low = take("low");
        merged().write("over", "over");
        Taken over = take("over");
        merged().rename("over", "low");
        merged().write("next", "first");
        Taken first = take("next");
        merged().unlink("next");
        dropCaches(); // so that the layer's file system gives the number away again
        merged().write("next", "second");
        Taken second = take("next");
        for (int round = 0; round < 2; round++) {
            assertStale(low);
            assertStale(first);
            assertReads("over", over);
            assertReads("second", second);
            remount();
        }
        assertNotEquals(first.handle(), second.handle());
    }

    /** The first use of a handle that isn't known may have names remembered: they have to stay true. */
    @Test
    void whatChangesAfterTheFirstUseOfAHandleIsKnown() throws IOException {
        oneOfEachKind(bottom(), "low");
        mount(ON, REDIRECT);
        Taken file = take("low/file");
        remount();
        assertReads("of low", file);
        oneOfEachKind(merged(), "new");
        Map<String, Taken> all = takeAll("new");
        merged().rename("new/file", "low/renamed");
        Taken moved = of(all, "new/file");
        all.remove("new/file");
        merged().link("low/renamed", "linked");
        merged().unlink("low/renamed");
        all.put("linked", moved);
        Taken gone = take("low/pipe");
        merged().unlink("low/pipe");
        dropCaches();
        assertStale(gone);
        assertLasts(all);
    }

    @Test
    void aFileWithoutANameGetsAHandleToKeep() throws IOException {
        mount(ON);
        Taken taken;
        try (Fd file = merged().open(".", O.TMPFILE | O.RDWR, 0644)) {
            Playground.writeAt(file, 0, "named later");
            Names.linkOpenFile(file, merged().directory(), RelativePath.parse("name"));
            taken = take("name");
        }
        assertLasts(Map.of("name", taken));
        assertReads("named later", taken);
    }

    @Test
    void howDeepAFileIsDoesNotMatter() throws IOException {
        StringBuilder path = new StringBuilder("d0");
        Playground layer = bottom();
        for (int depth = 1; depth <= 60; depth++) {
            layer.mkdir(path.toString());
            path.append("/d").append(depth);
        }
        layer.write(path.toString(), "deep");
        mount(ON, REDIRECT);
        Taken file = take(path.toString());
        Taken directory = take("d0/d1/d2/d3/d4/d5/d6/d7/d8/d9");
        merged().rename("d0/d1/d2/d3", "d3");
        assertLasts(Map.of(path.substring("d0/d1/d2/".length()), file, "d3/d4/d5/d6/d7/d8/d9", directory));
        assertReads("deep", file);
    }

    @Test
    void whatNobodyGaveOutIsStale() throws IOException {
        oneOfEachKind(bottom(), "low");
        mount(ON);
        Taken file = take("low/file");
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        for (int round = 0; round < 200; round++) {
            byte[] bytes = file.handle().bytes();
            if (round % 2 == 0) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                random.nextBytes(bytes);
            }
            assertLeadsNowhereElse(FileHandle.of(file.handle().type(), bytes), file);
        }
        assertReads("of low", file);
    }

    /** Not all bits of a handle need to have a meaning. */
    private void assertLeadsNowhereElse(FileHandle handle, Taken real) throws ErrnoException {
        try (Fd file = handle.open(merged().directory(), O.PATH)) {
            if (file != null) {
                assertEquals(real.inode(), Stat.of(file).inode(), handle::toString);
            }
        }
    }

    @Test
    void layersThatCanNotBeChangedAreExportedToo() throws IOException {
        oneOfEachKind(bottom(), "low");
        bottom().link("low/file", "low/again");
        mountReadOnly(ON, "redirect_dir=nofollow");
        Map<String, Taken> all = takeAll("low");
        all.put("low/again", take("low/again"));
        all.remove("."); // which the kernel's overlay doesn't find there
        assertEquals(of(all, "low/file"), of(all, "low/again"));
        assertLasts(all);
    }

    @Test
    void withoutTheOptionThereAreNoHandles() throws IOException {
        bottom().write("low", "low");
        mount();
        assertNull(FileHandle.of(merged().directory(), RelativePath.parse("low")));
        assertNull(FileHandle.of(merged().directory()));
    }
}
