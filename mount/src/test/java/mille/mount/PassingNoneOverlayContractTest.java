package mille.mount;

import java.io.IOException;

final class PassingNoneOverlayContractTest extends FuseOverlayContract {
    PassingNoneOverlayContractTest() throws IOException {
        super(FuseDriver.PASSING_NONE);
    }
}
