package mille.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mille.linux.Cpus;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.Mounts;
import mille.linux.O;
import mille.testkit.ChildJvm;
import mille.testkit.Command;
import mille.testkit.MountPoint;
import mille.testkit.ScratchDirectory;
import mille.testkit.UringOffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which transport a session takes, and servers over io_uring in processes of their own. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TransportTest {
    @AutoClose
    private final ScratchDirectory scratch = ScratchDirectory.create();

    private final Path shown = scratch.directory("shown");
    private final Path mounted = scratch.directory("mounted");

    private FuseSession mount(SessionOptions options) throws IOException {
        return FuseSession.mount(
                new PassthroughFileSystem(shown, Reply.FOREVER), mounted, FuseMountOptions.of("test"), options);
    }

    /** Mounts, looks whether rings are used, and whether it works. */
    private boolean usesRings(SessionOptions options) throws IOException {
        Files.writeString(shown.resolve("file"), "text");
        try (FuseSession session = mount(options)) {
            assertEquals("text", Files.readString(mounted.resolve("file")));
            return session.connection().negotiated().has(Capability.OVER_IO_URING);
        }
    }

    @Test
    void ringsAreTakenAsItIsAskedWhereTheKernelOffersThemAndTheDeviceElsewhere() throws IOException {
        SessionOptions options = SessionOptions.defaults();
        try (UringOffer _ = UringOffer.set(true)) {
            assertTrue(usesRings(options.withTransport(Transport.URING)));
            assertFalse(usesRings(options.withTransport(Transport.DEVICE)));
        }
        try (UringOffer _ = UringOffer.set(false)) {
            assertFalse(usesRings(options.withTransport(Transport.AUTO)));
        }
    }

    @Test
    void leftToItselfAServerWithOneCpuTakesTheDevice() throws Exception {
        Files.writeString(shown.resolve("file"), "text");
        Process server = startServerOnOneCpu(Transport.AUTO);
        try {
            assertEquals(
                    "by the device", server.inputReader(StandardCharsets.UTF_8).readLine());
            assertEquals("text", Files.readString(mounted.resolve("file")));
        } finally {
            Mounts.unmount(mounted, 0);
            server.waitFor();
        }
    }

    @Test
    void leftToItselfAServerTakesRingsWhereAWakeUpIsDear() {
        assertFalse(WakeUp.isDear(OptionalLong.empty()), "with one CPU nobody is woken on another");
        assertTrue(WakeUp.isDear(OptionalLong.of(165_000)));
        assertFalse(WakeUp.isDear(OptionalLong.of(40_000)));
    }

    @Test
    void whatAWakeUpOfAnotherCpuCostsIsKnownWhereThereIsOne() throws Exception {
        OptionalLong nanos = WakeUp.roundTripNanos();
        assertEquals(Cpus.allowed().cardinality() > 1, nanos.isPresent());
        assertTrue(nanos.orElse(1) > 0 && nanos.orElse(1) < Long.MAX_VALUE);
    }

    @Test
    void anOfferThatIsWithdrawnBeforeItIsTakenLeavesTheDevice() throws IOException {
        Files.writeString(shown.resolve("file"), "text");
        FuseFileSystem fileSystem = new PassthroughFileSystem(shown, Reply.FOREVER);
        Fd device = Device.open();
        FuseMount mount;
        try (UringOffer _ = UringOffer.set(true)) {
            mount = FuseMount.attach(device, mounted, FuseMountOptions.of("test"));
        }
        try (UringOffer _ = UringOffer.set(false);
                FuseSession session = FuseSession.serve(mount, device, fileSystem, SessionOptions.defaults(), true)) {
            assertFalse(session.connection().negotiated().has(Capability.OVER_IO_URING));
            assertEquals("text", Files.readString(mounted.resolve("file")));
        }
    }

    @Test
    void ringsThatAreAskedForAndNotOfferedAreAnErrorAndNothingIsMounted() throws IOException {
        try (UringOffer _ = UringOffer.set(false)) {
            IOException refused = assertThrows(
                    IOException.class, () -> mount(SessionOptions.defaults().withTransport(Transport.URING)));
            assertEquals(
                    "the kernel doesn't offer FUSE over io_uring: it takes Linux 6.14 and Y in"
                            + " /sys/module/fuse/parameters/enable_uring",
                    refused.getMessage());
        }
        assertEquals(List.of(), MountPoint.beneath(mounted));
    }

    @Test
    void aFileSystemWithLocksOfItsOwnStaysOnTheDevice() throws IOException {
        SessionOptions options = SessionOptions.defaults().withCapabilities(Set.of(Capability.FLOCK_LOCKS));
        try (UringOffer _ = UringOffer.set(true)) {
            assertFalse(usesRings(options.withTransport(Transport.AUTO)));
            IOException refused = assertThrows(IOException.class, () -> mount(options.withTransport(Transport.URING)));
            assertEquals("a file system with locks of its own can't be served over io_uring", refused.getMessage());
        }
        assertEquals(List.of(), MountPoint.beneath(mounted));
    }

    @Test
    void aMountOverRingsIsNotTakenOver() throws IOException {
        Negotiated negotiated = new Negotiated(45, Capability.OVER_IO_URING.bit(), 1 << 20);
        assertThrows(
                IllegalArgumentException.class,
                () -> FuseSession.resume(
                        new FuseFileSystem() {}, mounted, List.of(), negotiated, SessionOptions.defaults()));
    }

    @Test
    void aWorkerThatCannotBeginLeavesNothingMounted() throws IOException {
        CountDownLatch others = new CountDownLatch(2);
        try (UringOffer _ = UringOffer.set(true)) {
            assertThrows(
                    ErrnoException.class,
                    () -> FuseSession.mount(
                            new FuseFileSystem() {
                                @Override
                                public void workerStarted() throws ErrnoException {
                                    others.countDown();
                                    if (others.getCount() == 0) {
                                        throw new ErrnoException(mille.linux.Errno.EPERM, "on purpose");
                                    }
                                }
                            },
                            mounted,
                            FuseMountOptions.of("test"),
                            SessionOptions.defaults().withTransport(Transport.URING)));
        }
        assertEquals(List.of(), MountPoint.beneath(mounted));
    }

    @Test
    void namesCanBeReadAfterTheAnswerWasBegun() {
        Exchange exchange = Exchange.ofRing(65536);
        List<String> names = new ArrayList<>();
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void lookup(Request.Named request, Reply.Entry reply) throws ErrnoException {
                reply.entry().node(99, 0).validFor(Reply.FOREVER, Reply.FOREVER);
                names.add(request.name().toString());
            }
        };
        Dispatcher dispatcher = new Dispatcher(
                fileSystem, exchange, new Negotiated(45, 0, 65536), new Interrupts(), (unique, error) -> {});
        exchange.inBuffer.putInt(Wire.InHeader.OPCODE, Opcode.LOOKUP.code());
        exchange.inBuffer.putLong(Wire.InHeader.UNIQUE, 4);
        byte[] name = "a-name\0".getBytes(StandardCharsets.ISO_8859_1);
        exchange.inBuffer.putBytes(Exchange.RING_PAYLOAD, name, 0, name.length);
        int length = dispatcher.dispatch(Exchange.RING_PAYLOAD + name.length, System.nanoTime());
        assertEquals(List.of("a-name"), names);
        assertEquals(Wire.OutHeader.BYTES + Wire.EntryOut.BYTES, length);
        assertEquals(99, exchange.outBuffer.getLong(Exchange.RING_PAYLOAD + Wire.EntryOut.NODEID));
        assertEquals(4, exchange.outBuffer.getLong(Wire.OutHeader.UNIQUE));
    }

    /** Serves {@code arguments[0]} at {@code arguments[1]} by {@code arguments[2]} until it is unmounted; says when it is mounted, and how. */
    static final class Server {
        public static void main(String[] arguments) throws Exception {
            try (FuseSession session = FuseSession.mount(
                    new PassthroughFileSystem(Path.of(arguments[0]), 0),
                    Path.of(arguments[1]),
                    FuseMountOptions.of("test"),
                    SessionOptions.defaults().withTransport(Transport.valueOf(arguments[2])))) {
                System.out.println("mounted");
                boolean rings = session.connection().negotiated().has(Capability.OVER_IO_URING);
                System.out.println(rings ? "over rings" : "by the device");
                session.awaitEnd();
            }
        }
    }

    /** Starts it on the first CPU alone, where callers are on all. */
    private Process startServerOnOneCpu(Transport transport) throws IOException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", "0"));
        command.addAll(List.of(ChildJvm.command(Server.class, shown.toString(), mounted.toString(), transport.name())));
        try (UringOffer _ = UringOffer.set(true)) {
            Process server = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader output = server.inputReader(StandardCharsets.UTF_8);
            assertEquals("mounted", output.readLine());
            return server;
        }
    }

    @Test
    void callersOnCpusThatTheServerMayNotUseAreServed() throws Exception {
        Files.writeString(shown.resolve("file"), "text");
        Process server = startServerOnOneCpu(Transport.URING);
        try {
            for (int cpu = 0; cpu < Cpus.possible(); cpu++) {
                for (int round = 0; round < 20; round++) {
                    assertEquals(
                            "text",
                            Command.run(
                                    "taskset",
                                    "-c",
                                    Integer.toString(cpu),
                                    "cat",
                                    mounted.resolve("file").toString()));
                }
            }
            Mounts.unmount(mounted, 0);
            assertEquals(0, server.waitFor());
        } finally {
            server.destroyForcibly().waitFor();
        }
        assertEquals(List.of(), MountPoint.beneath(mounted));
    }

    @Test
    void aServerThatIsKilledFailsItsCallersAndHoldsNobody() throws Exception {
        Files.write(shown.resolve("file"), new byte[1 << 20]);
        Process server = startServerOnOneCpu(Transport.URING);
        List<Process> callers = new ArrayList<>();
        try (Fd open = Fd.open(mounted.resolve("file"), O.RDONLY)) {
            for (int caller = 0; caller < 4; caller++) {
                callers.add(new ProcessBuilder(
                                "sh", "-c", "while cat \"$0\" >/dev/null 2>&1; do :; done", mounted + "/file")
                        .start());
            }
            for (int round = 0; round < 50; round++) {
                Command.run("cat", mounted.resolve("file").toString());
            }
            server.destroyForcibly().waitFor();
            for (Process caller : callers) {
                assertEquals(0, caller.waitFor());
            }
            assertInstanceOf(
                    IOException.class,
                    assertThrows(IOException.class, () -> Files.readString(mounted.resolve("file"))));
            assertFalse(open.isClosed());
        } finally {
            callers.forEach(Process::destroyForcibly);
            server.destroyForcibly().waitFor();
            Mounts.unmount(mounted, Mounts.MNT_DETACH);
        }
    }
}
