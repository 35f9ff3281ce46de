package mille.testkit.differential;

import java.util.List;
import mille.testkit.OverlayDriver;

/** Two overlays of the kernel never differ: whatever the comparison says of another is that one's own. */
final class KernelDifferentialTest extends DifferentialTest {
    @Override
    protected OverlayDriver driver() {
        return OverlayDriver.KERNEL;
    }

    @Override
    protected List<String> optionSets() {
        return List.of("index=off,redirect_dir=off,metacopy=off", "index=on,redirect_dir=on,metacopy=on");
    }
}
