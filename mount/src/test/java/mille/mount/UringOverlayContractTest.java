package mille.mount;

import java.io.IOException;

/** The same over io_uring. */
final class UringOverlayContractTest extends FuseOverlayContract {
    UringOverlayContractTest() throws IOException {
        super(FuseDriver.OVER_IO_URING);
    }
}
