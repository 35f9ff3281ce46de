package mille.testkit.contract;

import mille.testkit.OverlayDriver;

/** The suite describes the kernel's overlay. */
final class KernelUnionContractTest extends UnionContract {
    @Override
    protected OverlayDriver driver() {
        return OverlayDriver.KERNEL;
    }
}
