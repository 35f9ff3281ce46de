package mille.testkit.contract;

import mille.testkit.OverlayDriver;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * What an overlay does with its layers, seen from above and on the disk: the same as the kernel's with its defaults ({@code index=off},
 * {@code redirect_dir=off}, {@code metacopy=off}) where a chapter says nothing else. A subclass says who mounts.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class UnionContract {

    /** For subclasses. */
    protected UnionContract() {}

    /** The overlay that the suite runs on. */
    protected abstract OverlayDriver driver();

    /** Whether a protected file can't even be opened to write, rather than not written. */
    protected boolean refusesAtOpen() {
        return true;
    }

    @Nested
    class Merging extends MergeContract {
        Merging() {
            super(driver());
        }
    }

    @Nested
    class Hiding extends WhiteoutContract {
        Hiding() {
            super(driver());
        }
    }

    @Nested
    class CopyingUp extends CopyUpContract {
        CopyingUp() {
            super(driver());
        }
    }

    @Nested
    class Renaming extends UnionRenameContract {
        Renaming() {
            super(driver());
        }
    }

    @Nested
    class Redirecting extends RedirectContract {
        Redirecting() {
            super(driver());
        }
    }

    @Nested
    class Exporting extends ExportContract {
        Exporting() {
            super(driver());
        }
    }

    @Nested
    class StayingOneFile extends OneFileContract {
        StayingOneFile() {
            super(driver());
        }
    }

    @Nested
    class Flagging extends FlagContract {
        Flagging() {
            super(driver(), refusesAtOpen());
        }
    }
}
