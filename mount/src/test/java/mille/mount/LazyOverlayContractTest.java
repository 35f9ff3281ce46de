package mille.mount;

import java.io.IOException;

final class LazyOverlayContractTest extends FuseOverlayContract {
    LazyOverlayContractTest() throws IOException {
        super(FuseDriver.LAZY);
    }
}
