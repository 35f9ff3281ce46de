package mille.fuse;

/** The same where requests come over io_uring; notifications go by the device even so. */
final class UringNotificationTest extends NotificationTest {
    @Override
    Transport transport() {
        return Transport.URING;
    }
}
