package mille.mount;

import mille.testkit.OverlayDriver;
import mille.testkit.contract.UnionContract;

/** The same over io_uring as over {@code /dev/fuse}. */
final class UringUnionContractTest extends UnionContract {
    @Override
    protected OverlayDriver driver() {
        return FuseDriver.OVER_IO_URING;
    }
}
