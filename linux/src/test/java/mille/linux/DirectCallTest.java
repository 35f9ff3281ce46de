package mille.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class DirectCallTest {
    private final NativeBuffer errno = NativeBuffer.allocate(Integer.BYTES);

    @Test
    void anArgumentGoesInAndAResultComesOut() throws Throwable {
        MethodHandle call = DirectCall.ofLongs(1);
        assertEquals(5L, (long) call.invokeExact(DirectCall.address("labs"), errno.address(), -5L));
    }

    /** More than there are registers for: the last three lie on the stack. */
    @Test
    void manyArgumentsArriveInTheirOrder() throws Throwable {
        NativeBuffer text = NativeBuffer.allocate(100);
        byte[] format = "%ld %ld %ld %ld %ld %ld\0".getBytes(StandardCharsets.US_ASCII);
        text.putBytes(50, format, 0, format.length);
        long to = text.address();
        long function = DirectCall.address("snprintf");
        long length = (long) DirectCall.ofLongs(9)
                .invokeExact(function, errno.address(), to, 50L, to + 50, 1L, -2L, 3L, -4L, 5L, -6L);
        assertEquals("1 -2 3 -4 5 -6", new String(text.getBytes(0, length), StandardCharsets.US_ASCII));
    }

    @Test
    void errnoIsThatOfTheCall() throws Throwable {
        MethodHandle call = DirectCall.ofLongs(1);
        assertEquals(-1, (int) (long) call.invokeExact(DirectCall.address("close"), errno.address(), -1L));
        assertEquals(Errno.EBADF.code(), errno.getInt(0));
    }

    @Test
    void aFunctionThatIsNotThereIsNotCalled() {
        assertThrows(UnsatisfiedLinkError.class, () -> DirectCall.address("no_such_function_of_c"));
    }
}
