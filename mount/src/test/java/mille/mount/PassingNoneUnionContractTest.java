package mille.mount;

import mille.testkit.OverlayDriver;
import mille.testkit.contract.UnionContract;

/** The same where all data comes through us. */
final class PassingNoneUnionContractTest extends UnionContract {
    @Override
    protected OverlayDriver driver() {
        return FuseDriver.PASSING_NONE;
    }
}
