package mille.mount;

import java.util.List;
import mille.testkit.OverlayDriver;
import mille.testkit.differential.DifferentialTest;

/** Whatever is done to our overlay and to the kernel's, they answer alike and leave the same on the disk. */
final class FuseDifferentialTest extends DifferentialTest {
    @Override
    protected OverlayDriver driver() {
        return FuseDriver.OURS;
    }

    @Override
    protected List<String> optionSets() {
        return List.of(
                "index=off,redirect_dir=off,metacopy=off",
                "index=off,redirect_dir=on,metacopy=off",
                "index=off,redirect_dir=on,metacopy=on",
                "index=on,redirect_dir=on,metacopy=off",
                "index=on,redirect_dir=off,metacopy=off,xino=on",
                "index=on,redirect_dir=on,metacopy=on,xino=on");
    }
}
