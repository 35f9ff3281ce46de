package mille.mount;

import java.io.IOException;

final class PassingAllOverlayContractTest extends FuseOverlayContract {
    PassingAllOverlayContractTest() throws IOException {
        super(FuseDriver.PASSING_ALL);
    }
}
