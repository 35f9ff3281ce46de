package mille.fuse;

/** The same over io_uring. */
final class UringSessionTest extends FuseSessionTest {
    UringSessionTest() {
        super(Transport.URING);
    }
}
