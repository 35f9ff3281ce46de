package mille.testkit;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import org.junit.jupiter.api.Assertions;

/** What a test expects of a system call. */
public final class Expect {
    private Expect() {}

    /** That it fails, and with this error. */
    public static void errno(Errno expected, Caller.Action call) {
        ErrnoException failure = Assertions.assertThrows(ErrnoException.class, call::run, "expected " + expected);
        Assertions.assertEquals(expected, failure.errno(), String.valueOf(failure.getMessage()));
    }
}
