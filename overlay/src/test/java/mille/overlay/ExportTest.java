package mille.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ids that outlive the overlay that gave them, and leave no nodes behind. */
@NullMarked
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ExportTest {
    private static final int DIRECTORIES = 40;
    private static final int FILES = 20;

    @TempDir
    Path scratch;

    private Overlay open() throws IOException {
        Path upper = Files.createDirectories(scratch.resolve("upper"));
        Path work = Files.createDirectories(scratch.resolve("work"));
        Path lower = Files.createDirectories(scratch.resolve("lower"));
        return Overlay.open(new OverlayOptions(
                List.of(lower),
                List.of(),
                upper,
                work,
                RedirectPolicy.ON,
                EnumSet.of(OverlayOptions.Feature.INDEX, OverlayOptions.Feature.NFS_EXPORT)));
    }

    private void fill() throws IOException {
        for (int directory = 0; directory < DIRECTORIES; directory++) {
            Path made = Files.createDirectories(scratch.resolve("lower/sub" + directory + "/deep"));
            for (int file = 0; file < FILES; file++) {
                Files.writeString(made.resolve("file" + file), "");
            }
        }
    }

    private static Entry entry(Overlay overlay, long parent, String name) throws ErrnoException {
        Entry found = overlay.lookup(parent, FileName.of(name));
        assertNotNull(found, name);
        return found;
    }

    /** The ids of all files, none of which stays known. */
    private static List<Long> files(Overlay overlay) throws ErrnoException {
        List<Long> ids = new ArrayList<>();
        for (int directory = 0; directory < DIRECTORIES; directory++) {
            long sub = entry(overlay, Overlay.ROOT_ID, "sub" + directory).nodeId();
            long deep = entry(overlay, sub, "deep").nodeId();
            for (int file = 0; file < FILES; file++) {
                long id = entry(overlay, deep, "file" + file).nodeId();
                ids.add(id);
                overlay.forget(id, 1);
            }
            overlay.forget(deep, 1);
            overlay.forget(sub, 1);
        }
        return ids;
    }

    @Test
    void theNextOverlayFindsFilesByTheSameIdsAndKeepsNoNodes() throws IOException {
        fill();
        List<Long> ids;
        try (Overlay first = open()) {
            ids = files(first);
            assertEquals(1, first.nodeCount());
        }
        try (Overlay second = open()) {
            assertEquals(
                    Errno.ESTALE,
                    assertThrows(ErrnoException.class, () -> second.lookupSelf(17))
                            .errno());
            assertEquals(1, second.nodeCount(), "the walk leaves no nodes behind");
            for (long id : ids) {
                assertEquals(id, second.lookupSelf(id).nodeId());
                assertEquals(4, second.nodeCount(), "the file and what it is in");
                assertEquals(id, second.lookupSelf(id).nodeId());
                second.forget(id, 2);
            }
            assertEquals(1, second.nodeCount());
        }
    }

    @Test
    void theParentOfADirectoryIsFoundWithoutTheDirectoryBeingKnown() throws IOException {
        fill();
        try (Overlay overlay = open()) {
            long sub = entry(overlay, Overlay.ROOT_ID, "sub0").nodeId();
            long deep = entry(overlay, sub, "deep").nodeId();
            overlay.forget(deep, 1);
            overlay.forget(sub, 1);
            assertEquals(1, overlay.nodeCount());
            assertEquals(sub, overlay.lookupParent(deep).nodeId());
            assertEquals(Overlay.ROOT_ID, overlay.lookupParent(sub).nodeId());
            overlay.forget(sub, 1);
            assertEquals(1, overlay.nodeCount());
        }
    }

    /** Directories that move while the tree is walked, mostly into one that the walk has seen already, must not get lost. */
    @Test
    void nothingThatMovesWhileTheTreeIsWalkedGetsLost() throws Exception {
        fill();
        for (int round = 0; round < 10; round++) {
            try (Overlay overlay = open()) {
                long there = round == 0
                        ? overlay.makeDirectory(Overlay.ROOT_ID, FileName.of("there"), 0755, new Caller(0, 0, 0))
                                .nodeId()
                        : entry(overlay, Overlay.ROOT_ID, "there").nodeId();
                List<Long> ids = files(overlay);
                AtomicBoolean ended = new AtomicBoolean();
                CountDownLatch moving = new CountDownLatch(1);
                Thread mover = Thread.ofPlatform().start(() -> {
                    for (int move = 0; !ended.get(); move++) {
                        FileName name = FileName.of("sub" + move % DIRECTORIES);
                        moveThereAndBack(overlay, there, name, move % 3 == 0);
                        moving.countDown();
                    }
                });
                moving.await();
                assertThrows(ErrnoException.class, () -> overlay.lookupSelf(17));
                ended.set(true);
                mover.join();
                for (long id : ids) {
                    assertEquals(id, overlay.lookupSelf(id).nodeId());
                    overlay.forget(id, 1);
                }
                for (int directory = 0; directory < DIRECTORIES; directory++) {
                    moveBack(overlay, there, FileName.of("sub" + directory));
                }
                assertTrue(overlay.nodeCount() <= 2, () -> overlay.nodeCount() + " nodes");
            }
        }
    }

    private static void moveThereAndBack(Overlay overlay, long there, FileName name, boolean back) {
        try {
            overlay.rename(Overlay.ROOT_ID, name, there, name, 0);
        } catch (ErrnoException isThereAlready) {
            // and is moved back with the next one of its turn
        }
        if (back) {
            moveBack(overlay, there, name);
        }
    }

    private static void moveBack(Overlay overlay, long there, FileName name) {
        try {
            overlay.rename(there, name, Overlay.ROOT_ID, name, 0);
        } catch (ErrnoException isNotThere) {
            // it was never moved
        }
    }
}
