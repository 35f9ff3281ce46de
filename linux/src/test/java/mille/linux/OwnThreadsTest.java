package mille.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class OwnThreadsTest {
    @Test
    void threadsOfANameGetANiceValueAndOthersKeepTheirs() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        List<Thread> threads = Stream.of("patient-1", "patient-2", "impatient")
                .map(name -> Thread.ofPlatform().daemon().name(name).start(() -> awaitQuietly(seen)))
                .toList();
        try {
            while (niceOf("patient-").size() < 2 || niceOf("impatient").isEmpty()) {
                Thread.sleep(1); // a thread gets its name when it runs
            }
            assertEquals(2, OwnThreads.setNice("patient-", 7));
            assertEquals(List.of("7", "7"), niceOf("patient-"));
            assertEquals(List.of("0"), niceOf("impatient"));
        } finally {
            seen.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void aNameThatNoThreadHasIsNoError() throws IOException {
        assertEquals(0, OwnThreads.setNice("no such thread", 1));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> niceOf(String prefix) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.map(task -> read(task.resolve("stat")))
                    .filter(stat -> stat.contains("(" + prefix))
                    .map(stat -> stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16])
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException ended) {
            return "";
        }
    }
}
