package mille.mount;

import java.io.IOException;

final class FuseOverlayContractTest extends FuseOverlayContract {
    FuseOverlayContractTest() throws IOException {
        super(FuseDriver.OURS);
    }
}
