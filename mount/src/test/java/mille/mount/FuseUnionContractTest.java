package mille.mount;

import mille.testkit.OverlayDriver;
import mille.testkit.contract.UnionContract;

/** Our overlay treats its layers as the kernel's does. */
final class FuseUnionContractTest extends UnionContract {
    @Override
    protected OverlayDriver driver() {
        return FuseDriver.OURS;
    }
}
