package mille.mount;

import java.io.IOException;
import java.nio.file.Path;

/** A mount that this process made. Closing it unmounts; closing twice does nothing. */
public interface MountedOverlay extends AutoCloseable {

    /** Where it is mounted. */
    Path merged();

    /** Waits until it is unmounted, by {@link #close} or by anybody else. */
    void awaitUnmount() throws InterruptedException;

    /** Unmounts, lazily if it is busy, and ends what served it. Nothing of it is left when this returns. */
    @Override
    void close() throws IOException;
}
