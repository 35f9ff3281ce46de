package mille.mount;

import java.io.IOException;
import mille.testkit.OverlayDriver;

/** The same over io_uring. */
final class UringOverlayContractTest extends FuseOverlayContractTest {
    UringOverlayContractTest() throws IOException {}

    @Override
    OverlayDriver driver() {
        return FuseDriver.OVER_IO_URING;
    }
}
