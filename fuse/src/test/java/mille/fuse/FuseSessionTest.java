package mille.fuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import mille.linux.Cpus;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Mounts;
import mille.testkit.Command;
import mille.testkit.MountPoint;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Life of a session, and load, on real mounts, over {@code /dev/fuse}. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuseSessionTest {
    @AutoClose
    private final SessionFixture fixture = new SessionFixture(transport());

    @AutoClose("shutdownNow")
    private final ExecutorService callers = Executors.newCachedThreadPool();

    /** How requests come. */
    Transport transport() {
        return Transport.DEVICE;
    }

    @Test
    void theKernelOfTodayAndTheServerAgree() throws IOException {
        Negotiated negotiated = fixture.mount(
                        fixture.remembered(), Capability.PARALLEL_DIROPS, Capability.POSIX_ACL, Capability.SETXATTR_EXT)
                .connection()
                .negotiated();
        assertTrue(negotiated.minor() >= 31, negotiated.toString());
        assertEquals(1 << 20, negotiated.transferBytes());
        assertTrue(negotiated
                .capabilities()
                .containsAll(List.of(
                        Capability.BIG_WRITES,
                        Capability.MAX_PAGES,
                        Capability.INIT_EXT,
                        Capability.PARALLEL_DIROPS,
                        Capability.POSIX_ACL,
                        Capability.SETXATTR_EXT)));
        assertFalse(negotiated.has(Capability.WRITEBACK_CACHE));
    }

    @Test
    void largeFilesTravelInLargeRequests() throws IOException {
        AtomicInteger largestRead = new AtomicInteger();
        AtomicInteger largestWrite = new AtomicInteger();
        fixture.mount(new PassthroughFileSystem(fixture.shown, Reply.FOREVER) {
            @Override
            public void read(FileRequest.Read request, Reply.Data reply) throws ErrnoException {
                largestRead.accumulateAndGet(request.sizeBytes(), Math::max);
                super.read(request, reply);
            }

            @Override
            public void write(FileRequest.Write request, Reply.Written reply) throws ErrnoException {
                largestWrite.accumulateAndGet(request.sizeBytes(), Math::max);
                super.write(request, reply);
            }
        });
        byte[] data = new byte[(16 << 20) + 123];
        new Random(1).nextBytes(data);
        Path source = fixture.shown.resolve("source");
        Files.write(source, data);
        Command.run("dd", "bs=1M", "status=none", "if=" + source, "of=" + fixture.mounted.resolve("copy"));
        assertArrayEquals(data, Files.readAllBytes(fixture.shown.resolve("copy")));
        assertEquals(1 << 20, largestWrite.get());
        Command.run(
                "dd",
                "bs=1M",
                "status=none",
                "iflag=direct",
                "if=" + fixture.mounted.resolve("source"),
                "of=/dev/null");
        assertEquals(1 << 20, largestRead.get());
        assertArrayEquals(data, Files.readAllBytes(fixture.mounted.resolve("source")));
    }

    @Test
    void smallBuffersServeLargeRequestsInPieces() throws IOException {
        fixture.mount(fixture.remembered(), SessionOptions.defaults().withTransferBytes(65536));
        byte[] data = new byte[1 << 20];
        new Random(2).nextBytes(data);
        Files.write(fixture.mounted.resolve("file"), data);
        assertArrayEquals(data, Files.readAllBytes(fixture.shown.resolve("file")));
        assertArrayEquals(data, Files.readAllBytes(fixture.mounted.resolve("file")));
    }

    @Test
    void aLongListingIsCompleteAndItsNodesAreForgottenWithTheirFiles() throws Exception {
        PassthroughFileSystem fileSystem = fixture.remembered();
        fixture.mount(fileSystem, Capability.DO_READDIRPLUS);
        List<String> names = IntStream.range(0, 5000)
                .mapToObj(number -> "entry-" + number + "-" + "x".repeat(number % 200))
                .sorted()
                .toList();
        for (String name : names) {
            Files.createFile(fixture.shown.resolve(name));
        }
        assertEquals(names, namesIn(fixture.mounted));
        assertEquals(5001, fileSystem.nodeCount());
        for (String name : names) {
            Files.delete(fixture.mounted.resolve(name));
        }
        SessionFixture.await(() -> fileSystem.nodeCount() == 1);
        assertEquals(List.of(), namesIn(fixture.shown));
    }

    private static List<String> namesIn(Path directory) throws IOException {
        try (var listed = Files.list(directory)) {
            return listed.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void manyThreadsAtOnceEachGetTheirOwnAnswers() throws Exception {
        fixture.mount(fixture.remembered(), SessionOptions.defaults().withWorkers(4));
        List<Future<?>> running = new ArrayList<>();
        for (int caller = 0; caller < 8; caller++) {
            Path own = Files.createDirectory(fixture.mounted.resolve("caller" + caller));
            int seed = caller;
            running.add(callers.submit(() -> {
                Random random = new Random(seed);
                for (int round = 0; round < 50; round++) {
                    byte[] data = new byte[random.nextInt(100_000)];
                    random.nextBytes(data);
                    Path file = own.resolve("file" + round % 7);
                    Files.write(file, data);
                    assertEquals(data.length, Files.size(file));
                    Path moved = Files.move(file, own.resolve("moved" + round));
                    assertArrayEquals(data, Files.readAllBytes(moved));
                }
                assertEquals(50, namesIn(own).size());
                return true;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    @Test
    void workersThatSleepAtOnceServe() throws IOException {
        fixture.mount(fixture.remembered(), SessionOptions.defaults().withSpinNanos(0));
        for (int i = 0; i < 100; i++) {
            Files.writeString(fixture.mounted.resolve("file"), "text " + i);
            assertEquals("text " + i, Files.readString(fixture.shown.resolve("file")));
        }
    }

    /** Where workers may run. */
    enum Workers {
        ON_ALL_CPUS,
        ON_ONE_CPU;

        void mount(SessionFixture fixture, FuseFileSystem fileSystem, SessionOptions options) throws Exception {
            FutureTask<?> mount = new FutureTask<>(() -> {
                if (this == ON_ONE_CPU) {
                    assertTrue(Cpus.pin(Cpus.allowed().nextSetBit(0)));
                }
                fixture.mount(fileSystem, options);
                return null;
            });
            new Thread(mount, "mounts").start();
            mount.get();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsStuckIsRelievedAgainAndAgain(Workers where) throws Exception {
        CountDownLatch finish = new CountDownLatch(1);
        AtomicInteger stuck = new AtomicInteger();
        where.mount(
                fixture,
                new PassthroughFileSystem(fixture.shown, 0) {
                    @Override
                    public void unlink(Request.Named request, Reply reply) throws ErrnoException {
                        stuck.incrementAndGet();
                        awaitUninterrupted(finish);
                        super.unlink(request, reply);
                    }
                },
                SessionOptions.defaults().withWorkers(4).withSpinNanos(10_000_000_000L)); // on duty when it gets stuck
        List<Future<?>> removals = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            Path directory = Files.createDirectory(fixture.mounted.resolve("directory" + i));
            Path file = Files.createFile(directory.resolve("file"));
            for (int round = 0; round < 20; round++) {
                assertEquals(0, Files.size(file));
            }
            removals.add(callers.submit(() -> Files.deleteIfExists(file)));
            int held = i;
            SessionFixture.await(() -> stuck.get() == held);
        }
        Files.writeString(fixture.mounted.resolve("other"), "served by the last");
        finish.countDown();
        for (Future<?> removal : removals) {
            removal.get();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIdleMountTakesNoProcessorTime(Workers where) throws Exception {
        where.mount(fixture, fixture.remembered(), SessionOptions.defaults());
        Path file = Files.createFile(fixture.mounted.resolve("file"));
        for (int round = 0; round < 2000; round++) {
            Files.size(file);
        }
        List<Path> workers = workers();
        assertTrue(workers.size() >= 3, workers.toString());
        // When all are asleep nothing may wake them: a worker that polled would be switched to in any stretch of time.
        SessionFixture.await(() -> switchesOf(workers) == switchesAfterAWhile(workers));
    }

    private static long switchesAfterAWhile(List<Path> threads) {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return switchesOf(threads);
    }

    static List<Path> workers() throws IOException {
        List<Path> found = new ArrayList<>();
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).matches("fuse-[0-9]+\n")) {
                    found.add(task);
                }
            }
        }
        return found;
    }

    private static long switchesOf(List<Path> threads) {
        long sum = 0;
        for (Path thread : threads) {
            try {
                for (String line : Files.readAllLines(thread.resolve("status"))) {
                    if (line.contains("ctxt_switches")) {
                        sum += Long.parseLong(
                                line.substring(line.indexOf(':') + 1).strip());
                    }
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return sum;
    }

    @Test
    void whatAHandlerThrowsReachesItsCallerAloneAndTheSessionGoesOn() throws IOException {
        fixture.mount(new PassthroughFileSystem(fixture.shown, 0) {
            @Override
            public void removeDirectory(Request.Named request, Reply reply) throws ErrnoException {
                switch (request.name().toString()) {
                    case "runtime" -> throw new IllegalStateException("on purpose");
                    case "error" -> throw new AssertionError("on purpose");
                    case "errno" -> throw new ErrnoException(Errno.EUCLEAN, "on purpose");
                    default -> super.removeDirectory(request, reply);
                }
            }
        });
        for (String name : List.of("runtime", "error", "errno", "good")) {
            Files.createDirectory(fixture.mounted.resolve(name));
        }
        assertFailsWith("Input/output error", () -> Files.delete(fixture.mounted.resolve("runtime")));
        assertFailsWith("Input/output error", () -> Files.delete(fixture.mounted.resolve("error")));
        assertFailsWith("Structure needs cleaning", () -> Files.delete(fixture.mounted.resolve("errno")));
        Files.delete(fixture.mounted.resolve("good"));
        assertEquals(List.of("errno", "error", "runtime"), namesIn(fixture.mounted));
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void assertFailsWith(String reason, Action action) {
        FileSystemException failed = assertThrows(FileSystemException.class, action::run);
        assertEquals(reason, failed.getReason());
    }

    @Test
    void aRequestThatTakesLongDoesNotKeepOthersWaiting() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        fixture.mount(new PassthroughFileSystem(fixture.shown, 0) {
            @Override
            public void unlink(Request.Named request, Reply reply) throws ErrnoException {
                begun.countDown();
                awaitUninterrupted(finish);
                super.unlink(request, reply);
            }
        });
        Files.createFile(fixture.mounted.resolve("slow"));
        Path other = Files.createDirectory(fixture.mounted.resolve("other"));
        Future<?> slow = callers.submit(() -> Files.deleteIfExists(fixture.mounted.resolve("slow")));
        begun.await();
        Files.writeString(other.resolve("file"), "quick");
        assertEquals("quick", Files.readString(other.resolve("file")));
        assertFalse(slow.isDone());
        finish.countDown();
        slow.get();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anybodysUnmountEndsTheSessionAndTellsTheFileSystemOnce() throws Exception {
        AtomicInteger told = new AtomicInteger();
        FuseSession session = fixture.mount(new PassthroughFileSystem(fixture.shown, 0) {
            @Override
            public void disconnected() {
                told.incrementAndGet();
                super.disconnected();
            }
        });
        Command.run("umount", fixture.mounted.toString());
        session.awaitEnd();
        session.close();
        assertEquals(1, told.get());
        assertEquals(
                Errno.ENODEV,
                assertThrows(ErrnoException.class, () -> session.connection().invalidateNode(Request.ROOT_NODE))
                        .errno());
    }

    @Test
    void closingUnderLoadFailsTheCallersAndLeavesNothing() throws Exception {
        FuseSession session = fixture.mount(new PassthroughFileSystem(fixture.shown, 0));
        CountDownLatch busy = new CountDownLatch(4);
        AtomicBoolean closed = new AtomicBoolean();
        List<Future<?>> running = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            Path file = fixture.mounted.resolve("file" + caller);
            running.add(callers.submit(() -> {
                // Who comes after the end writes beneath the mount.
                for (int round = 0; !closed.get(); round++) {
                    Files.write(file, new byte[200_000]);
                    if (round == 3) {
                        busy.countDown();
                    }
                }
                return true;
            }));
        }
        busy.await();
        session.close();
        closed.set(true);
        assertEquals(List.of(), MountPoint.beneath(fixture.mounted));
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                assertInstanceOf(IOException.class, failed.getCause());
            }
        }
    }

    @Test
    void aCallerWhoseRequestIsStuckIsFreedWhenTheSessionIsClosed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        FuseSession session = fixture.mount(new PassthroughFileSystem(fixture.shown, 0) {
            @Override
            public void unlink(Request.Named request, Reply reply) throws ErrnoException {
                begun.countDown();
                awaitUninterrupted(finish);
            }
        });
        Files.createFile(fixture.mounted.resolve("stuck"));
        Future<String> stuck = callers.submit(
                () -> assertThrows(FileSystemException.class, () -> Files.delete(fixture.mounted.resolve("stuck")))
                        .getReason());
        begun.await();
        Future<?> closing = callers.submit(() -> {
            session.close();
            return true;
        });
        assertEquals("Software caused connection abort", stuck.get());
        finish.countDown();
        closing.get();
    }

    @Test
    void closingReachesPlacesWhereTheMountWasBound() throws Exception {
        FuseSession session = fixture.mount(fixture.remembered());
        Files.writeString(fixture.shown.resolve("file"), "text");
        Path elsewhere = Files.createDirectory(fixture.shown.resolveSibling("elsewhere"));
        try (MountPoint _ = MountPoint.mount(fixture.mounted.toString(), elsewhere, "none", Mounts.MS_BIND, "")) {
            assertEquals("text", Files.readString(elsewhere.resolve("file")));
            session.close();
            assertEquals(
                    "Transport endpoint is not connected",
                    assertThrows(FileSystemException.class, () -> Files.size(elsewhere.resolve("other")))
                            .getReason());
            session.awaitEnd();
        }
    }

    @Test
    void aFileSystemThatCannotBeginIsNotMounted() throws IOException {
        ErrnoException refused = assertThrows(
                ErrnoException.class,
                () -> fixture.mount(new FuseFileSystem() {
                    @Override
                    public void connected(FuseConnection connection) throws ErrnoException {
                        throw new ErrnoException(Errno.EOPNOTSUPP, "on purpose");
                    }
                }));
        assertEquals(Errno.EOPNOTSUPP, refused.errno());
        ErrnoException worker = assertThrows(
                ErrnoException.class,
                () -> fixture.mount(new FuseFileSystem() {
                    @Override
                    public void workerStarted() throws ErrnoException {
                        throw new ErrnoException(Errno.EPERM, "on purpose");
                    }
                }));
        assertEquals(Errno.EPERM, worker.errno());
        assertEquals(List.of(), MountPoint.beneath(fixture.mounted));
    }

    @Test
    void aMissingDirectoryIsNotMountedOn() {
        assertThrows(
                NoSuchFileException.class,
                () -> FuseSession.mount(
                        new FuseFileSystem() {},
                        fixture.mounted.resolve("missing"),
                        FuseMountOptions.of("test"),
                        SessionOptions.defaults()));
    }

    @Test
    void filesCanBeReadWithoutEverBeingOpened() throws IOException {
        AtomicInteger opens = new AtomicInteger();
        fixture.mount(
                new PassthroughFileSystem(fixture.shown, Reply.FOREVER) {
                    @Override
                    public void open(Request.Open request, Reply.Open reply) {
                        opens.incrementAndGet();
                        reply.fail(Errno.ENOSYS);
                    }

                    @Override
                    public void read(FileRequest.Read request, Reply.Data reply) {
                        reply.put("by node alone".getBytes(StandardCharsets.UTF_8));
                    }
                },
                Capability.NO_OPEN_SUPPORT);
        Files.writeString(fixture.shown.resolve("one"), "by node alone");
        Files.writeString(fixture.shown.resolve("two"), "by node alone");
        assertEquals("by node alone", Files.readString(fixture.mounted.resolve("one")));
        assertEquals("by node alone", Files.readString(fixture.mounted.resolve("two")));
        assertEquals(1, opens.get());
    }

    @Test
    void theTimeOfBirthIsShown() throws IOException {
        fixture.mount(fixture.remembered());
        Files.createFile(fixture.shown.resolve("file"));
        assertEquals(
                Command.run("stat", "-c", "%W %i", fixture.shown.resolve("file").toString()),
                Command.run(
                        "stat", "-c", "%W %i", fixture.mounted.resolve("file").toString()));
    }
}
