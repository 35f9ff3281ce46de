package mille.linux;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EventFdTest {
    @Test
    void itIsRaisedUntilItIsLoweredHoweverOftenItWasRaised() throws Exception {
        try (EventFd flag = EventFd.create()) {
            assertFalse(flag.lower());
            flag.raise();
            flag.raise();
            assertTrue(flag.lower());
            assertFalse(flag.lower());
        }
    }
}
