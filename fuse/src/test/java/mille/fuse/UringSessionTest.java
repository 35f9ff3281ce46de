package mille.fuse;

/** The same over io_uring. */
final class UringSessionTest extends FuseSessionTest {
    @Override
    Transport transport() {
        return Transport.URING;
    }
}
