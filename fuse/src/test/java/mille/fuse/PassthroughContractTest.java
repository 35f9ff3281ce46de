package mille.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import mille.testkit.TemporaryFileSystem;
import mille.testkit.UringOffer;
import mille.testkit.contract.FileSystemContract;
import org.junit.jupiter.api.AfterAll;

/** What an ext4 does is still done when every request goes through this module. */
class PassthroughContractTest extends FileSystemContract {
    private static final EnumSet<Capability> CAPABILITIES = EnumSet.of(
            Capability.ASYNC_READ,
            Capability.ATOMIC_O_TRUNC,
            Capability.PARALLEL_DIROPS,
            Capability.DO_READDIRPLUS,
            Capability.READDIRPLUS_AUTO,
            Capability.CACHE_SYMLINKS,
            Capability.POSIX_ACL,
            Capability.DONT_MASK,
            Capability.HANDLE_KILLPRIV_V2,
            Capability.SETXATTR_EXT);

    private final TemporaryFileSystem ext4 = TemporaryFileSystem.ext4(256 << 20);
    private final FuseSession session;

    PassthroughContractTest() throws IOException {
        Path shown = Files.createDirectory(ext4.root().resolve("shown"));
        try (UringOffer _ = UringOffer.set(transport() == Transport.URING)) {
            session = FuseSession.mount(
                    new PassthroughFileSystem(shown, Reply.FOREVER),
                    Files.createDirectory(ext4.root().resolve("mounted")),
                    new FuseMountOptions("passthrough", "passthrough", 0, true, true),
                    SessionOptions.defaults().withCapabilities(CAPABILITIES).withTransport(transport()));
        }
    }

    /** How requests come. */
    Transport transport() {
        return Transport.DEVICE;
    }

    @AfterAll
    void close() throws IOException {
        session.close();
        ext4.close();
    }

    @Override
    protected Path root() {
        return session.target();
    }
}
