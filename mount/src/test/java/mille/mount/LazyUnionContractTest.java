package mille.mount;

import mille.testkit.OverlayDriver;
import mille.testkit.contract.UnionContract;

/** The same where the kernel opens files without asking. */
final class LazyUnionContractTest extends UnionContract {
    @Override
    protected OverlayDriver driver() {
        return FuseDriver.LAZY;
    }

    @Override
    protected boolean refusesAtOpen() {
        return false;
    }
}
