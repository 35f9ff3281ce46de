package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.O;
import mille.testkit.Caller;
import mille.testkit.Playground;
import org.junit.jupiter.api.Test;

/** Several threads in one directory at a time. */
abstract class ConcurrencyContract extends Chapter {
    private static final int THREADS = 4;

    ConcurrencyContract(Path root) {
        super(root);
    }

    /** What the thread of this number does. */
    @FunctionalInterface
    private interface Part {
        void play(int number) throws IOException;
    }

    private static void together(Part part) throws IOException {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                parts.add(threads.submit(() -> {
                    part.play(number);
                    return null;
                }));
            }
            for (Future<?> each : parts) {
                try {
                    each.get();
                } catch (ExecutionException e) {
                    throw new AssertionError(e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError(e);
                }
            }
        }
    }

    @Test
    void appendersLoseNothingOfEachOther() throws IOException {
        here().write("log", "");
        together(number -> {
            try (Fd file = here().open("log", O.WRONLY | O.APPEND)) {
                for (int i = 0; i < 200; i++) {
                    Playground.writeAt(file, 0, String.format("%d-%04d\n", number, i));
                }
            }
        });
        String[] lines = here().read("log").split("\n", -1);
        assertEquals(THREADS * 200 + 1, lines.length);
        assertEquals(THREADS * 200 + 1, new HashSet<>(List.of(lines)).size());
    }

    @Test
    void onlyOneCreatesExclusively() throws IOException {
        AtomicInteger winners = new AtomicInteger();
        for (int round = 0; round < 50; round++) {
            String name = "file" + round;
            together(_ -> {
                if (!fails(
                        Set.of(Errno.EEXIST),
                        () -> here().open(name, O.WRONLY | O.CREAT | O.EXCL).close())) {
                    winners.incrementAndGet();
                }
            });
        }
        assertEquals(50, winners.get());
    }

    @Test
    void renamesOverOneNameNeverLeaveItAbsent() throws IOException {
        here().write("target", "0");
        together(number -> {
            for (int i = 0; i < 200; i++) {
                if (number == 0) {
                    assertTrue(!here().read("target").isEmpty());
                } else {
                    here().write("source" + number, String.valueOf(number));
                    here().rename("source" + number, "target");
                }
            }
        });
        assertEquals(List.of("target"), here().names("."));
    }

    @Test
    void createRenameLinkAndRemoveMixWithoutStrangeErrors() throws IOException {
        here().mkdir("a");
        here().mkdir("b");
        Set<Errno> expected = Set.of(
                Errno.ENOENT,
                Errno.EEXIST,
                Errno.ENOTEMPTY,
                Errno.ENOTDIR,
                Errno.EISDIR,
                Errno.EINVAL,
                Errno.EPERM,
                Errno.EXDEV);
        together(number -> {
            Random random = new Random(number);
            for (int i = 0; i < 500; i++) {
                String one = (random.nextBoolean() ? "a/" : "b/") + random.nextInt(6);
                String other = (random.nextBoolean() ? "a/" : "b/") + random.nextInt(6);
                int what = random.nextInt(8);
                fails(expected, () -> {
                    switch (what) {
                        case 0 -> here().write(one, "content");
                        case 1 -> here().unlink(one);
                        case 2 -> here().link(one, other);
                        case 3 -> here().rename(one, other);
                        case 4 -> here().mkdir(one);
                        case 5 -> here().rmdir(one);
                        case 6 -> here().names("a");
                        default -> here().chmod(one, 0700);
                    }
                });
            }
        });
        for (String directory : List.of("a", "b")) {
            for (String name : here().names(directory)) {
                here().stat(directory + "/" + name);
            }
        }
    }

    /** Whether it fails, and as expected. */
    private static boolean fails(Set<Errno> expected, Caller.Action action) throws IOException {
        try {
            action.run();
            return false;
        } catch (ErrnoException e) {
            if (!expected.contains(e.errno())) {
                throw e;
            }
            return true;
        }
    }
}
