package mille.fuse;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.function.BooleanSupplier;
import mille.testkit.ScratchDirectory;
import mille.testkit.UringOffer;

/** A directory that is shown, one where it is mounted, and the sessions in between. Closing ends them whatever a test has done. */
final class SessionFixture implements Closeable {
    private final ScratchDirectory scratch = ScratchDirectory.create();
    final Path shown = scratch.directory("shown");
    final Path mounted = scratch.directory("mounted");
    private final Transport transport;
    private Closeable session = () -> {};

    SessionFixture() {
        this(Transport.DEVICE);
    }

    SessionFixture(Transport transport) {
        this.transport = transport;
    }

    /** The shown directory, with all that the kernel may remember remembered for good. */
    PassthroughFileSystem remembered() throws IOException {
        return new PassthroughFileSystem(shown, Reply.FOREVER);
    }

    FuseSession mount(FuseFileSystem fileSystem, Capability... capabilities) throws IOException {
        return mount(fileSystem, SessionOptions.defaults().withCapabilities(setOf(capabilities)));
    }

    FuseSession mount(FuseFileSystem fileSystem, SessionOptions options) throws IOException {
        try (UringOffer _ = UringOffer.set(transport == Transport.URING)) {
            return keep(FuseSession.mount(
                    fileSystem, mounted, FuseMountOptions.of("test"), options.withTransport(transport)));
        }
    }

    FuseSession keep(FuseSession made) {
        session = made::close;
        return made;
    }

    private static EnumSet<Capability> setOf(Capability... capabilities) {
        EnumSet<Capability> set = EnumSet.noneOf(Capability.class);
        for (Capability capability : capabilities) {
            set.add(capability);
        }
        return set;
    }

    /** Waits for what another thread or the kernel brings about in its own time; the test's own time limit ends it. */
    static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    @Override
    public void close() throws IOException {
        session.close();
        scratch.close();
    }
}
