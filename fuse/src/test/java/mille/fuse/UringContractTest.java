package mille.fuse;

import java.io.IOException;

/** The same over io_uring. */
final class UringContractTest extends PassthroughContractTest {
    UringContractTest() throws IOException {}

    @Override
    Transport transport() {
        return Transport.URING;
    }
}
