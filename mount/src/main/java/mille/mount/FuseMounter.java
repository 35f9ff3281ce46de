package mille.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import mille.fuse.Capability;
import mille.fuse.FuseMountOptions;
import mille.fuse.FuseSession;
import mille.fuse.SessionOptions;
import mille.linux.ErrnoException;
import mille.linux.Mounts;
import mille.overlay.Overlay;
import mille.overlay.OverlayOptions;

/** Mounts our own overlay, served by threads of this process over FUSE. */
public final class FuseMounter implements Mounter {
    /**
     * What an overlay can do. The kernel drops cached data when we say so and not when times change, as nobody else changes it; it keeps
     * locks by itself; it leaves umask and set-id bits to us, who know what a layer's file system does with them.
     */
    private static final Set<Capability> CAPABILITIES = EnumSet.of(
            Capability.ASYNC_READ,
            Capability.ASYNC_DIO,
            Capability.PARALLEL_DIROPS,
            Capability.DO_READDIRPLUS,
            Capability.NO_OPENDIR_SUPPORT,
            Capability.CACHE_SYMLINKS,
            Capability.EXPLICIT_INVAL_DATA,
            Capability.POSIX_ACL,
            Capability.DONT_MASK,
            Capability.HANDLE_KILLPRIV_V2,
            Capability.SETXATTR_EXT,
            Capability.HAS_RESEND);

    /** One serves for any number of mounts. */
    public FuseMounter() {}

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException for a mount option that nobody knows
     */
    @Override
    public MountedOverlay mount(OverlayOptions options, Path merged, List<String> mountOptions) throws IOException {
        GenericOptions generic = GenericOptions.parse(mountOptions);
        FuseOptions fuse = FuseOptions.parse(mountOptions);
        OpenOptions opening = OpenOptions.parse(mountOptions);
        Set<Capability> capabilities = EnumSet.copyOf(CAPABILITIES);
        if (!fuse.enforcesAcls()) {
            capabilities.remove(Capability.POSIX_ACL);
        }
        OverlayOptions stamping = stampedAs(generic.flags(), options);
        AccessTimes accessTimes = AccessTimes.of(stamping);
        if (accessTimes == AccessTimes.STRICT) {
            capabilities.remove(Capability.CACHE_SYMLINKS);
        }
        Path target = MountTarget.existing(merged);
        Overlay overlay = Overlay.open(stamping);
        // Else the kernel would hand out handles, and find no file by them as soon as it has forgotten it.
        capabilities.add(overlay.isExported() ? Capability.EXPORT_SUPPORT : Capability.NO_EXPORT_SUPPORT);
        OpenFiles files;
        if (opening.openMode(options.isReadOnly()) == OpenMode.LAZY) {
            capabilities.add(Capability.NO_OPEN_SUPPORT);
            files = new LazyFiles(overlay);
        } else {
            capabilities.add(Capability.PASSTHROUGH);
            files = new EagerFiles(overlay, opening.passthrough(), accessTimes);
        }
        OverlayFileSystem fileSystem = new OverlayFileSystem(overlay, files, fuse, accessTimes);
        long readOnly = options.isReadOnly() ? Mounts.MS_RDONLY : 0;
        try {
            FuseSession session = FuseSession.mount(
                    fileSystem,
                    target,
                    new FuseMountOptions(generic.source(), "mille", generic.flags() | readOnly, true, true),
                    SessionOptions.defaults()
                            .withName("overlay")
                            .withCapabilities(capabilities)
                            .withTransport(TransportOption.parse(mountOptions)));
            CompilerFirst.begin();
            return new Mounted(session, fileSystem);
        } catch (IOException | RuntimeException | Error failed) {
            overlay.close(); // closing twice does no harm
            throw failed;
        }
    }

    /** FUSE leaves times of access to us. Of two flags that contradict each other that holds which {@code mount(2)} gives the preference. */
    private static OverlayOptions stampedAs(long flags, OverlayOptions options) {
        OverlayOptions stamping = options;
        if ((flags & Mounts.MS_STRICTATIME) != 0) {
            stamping = stamping.with(OverlayOptions.Feature.STRICTATIME);
        } else if ((flags & Mounts.MS_NOATIME) != 0) {
            stamping = stamping.with(OverlayOptions.Feature.NOATIME);
        }
        return (flags & Mounts.MS_NODIRATIME) != 0 ? stamping.with(OverlayOptions.Feature.NODIRATIME) : stamping;
    }

    /** The session closes the overlay at its end, whoever unmounts. */
    private record Mounted(FuseSession session, OverlayFileSystem fileSystem) implements MountedOverlay {
        @Override
        public Path merged() {
            return session.target();
        }

        @Override
        public String statistics() {
            return fileSystem.statistics();
        }

        @Override
        public void awaitUnmount() throws InterruptedException {
            session.awaitEnd();
        }

        @Override
        public void close() throws ErrnoException {
            session.close();
        }
    }
}
