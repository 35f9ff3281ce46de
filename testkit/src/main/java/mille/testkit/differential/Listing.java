package mille.testkit.differential;

import mille.testkit.OverlayDriver;

/** What may stand in a directory's listing. */
enum Listing {
    /** Every name leads to a file. */
    AS_IT_IS,
    /**
     * Whiteouts are left out. The kernel lists a directory that only one layer has as it lies there, and with it whiteouts that hide nothing,
     * although it finds no file of such a name.
     */
    WITHOUT_GHOSTS;

    static Listing of(OverlayDriver driver) {
        return driver.equals(OverlayDriver.KERNEL) ? WITHOUT_GHOSTS : AS_IT_IS;
    }
}
