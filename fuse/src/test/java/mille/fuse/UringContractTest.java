package mille.fuse;

import java.io.IOException;

/** The same over io_uring. */
final class UringContractTest extends PassthroughContractTest {
    UringContractTest() throws IOException {
        super(Transport.URING);
    }
}
