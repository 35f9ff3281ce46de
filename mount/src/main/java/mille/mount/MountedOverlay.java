package mille.mount;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A mount that this process made. Closing it unmounts; closing twice does nothing. */
public interface MountedOverlay extends AutoCloseable {

    /**
     * An attribute of the root of a mount that {@link FuseMounter} made: {@link #statistics}, for who has CAP_SYS_ADMIN. It can be asked for and
     * is not listed; where the mount has no attributes ({@code noxattrs}), this is none either.
     */
    String STATISTICS_XATTR = "trusted.mille.stats";

    /** Where it is mounted. */
    Path merged();

    /** What it has served so far, as JSON; null where the kernel serves it, which counts nothing. */
    @Nullable
    String statistics();

    /** Waits until it is unmounted, by {@link #close} or by anybody else. */
    void awaitUnmount() throws InterruptedException;

    /** Unmounts, lazily if it is busy, and ends what served it. Nothing of it is left when this returns. */
    @Override
    void close() throws IOException;
}
