package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import mille.fuse.Transport;
import org.junit.jupiter.api.Test;

final class TransportOptionTest {
    private static Transport parsed(String options) {
        return TransportOption.parse(
                MountOptions.parse("lowerdir=/a:/b" + options).generic());
    }

    @Test
    void whereNothingIsSaidTheKernelAndOurRightsDecide() {
        assertEquals(Transport.AUTO, parsed(""));
        assertEquals(Transport.AUTO, TransportOption.parse(List.of("nosuid", "fsname=transport=dev")));
    }

    @Test
    void ofSeveralTheLastHolds() {
        assertEquals(Transport.DEVICE, parsed(",transport=uring,ro,transport=dev"));
        assertEquals(Transport.URING, parsed(",transport=dev,transport=uring"));
        assertEquals(Transport.AUTO, parsed(",transport=dev,transport=auto"));
    }

    @Test
    void anotherValueIsRefused() {
        assertEquals(
                "mount option 'transport' is auto, dev or uring, not 'ring'",
                assertThrows(IllegalArgumentException.class, () -> parsed(",transport=ring"))
                        .getMessage());
    }
}
