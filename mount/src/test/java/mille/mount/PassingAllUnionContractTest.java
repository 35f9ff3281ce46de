package mille.mount;

import mille.testkit.OverlayDriver;
import mille.testkit.contract.UnionContract;

/** The same where the kernel reads and writes the layers' files by itself. */
final class PassingAllUnionContractTest extends UnionContract {
    @Override
    protected OverlayDriver driver() {
        return FuseDriver.PASSING_ALL;
    }
}
