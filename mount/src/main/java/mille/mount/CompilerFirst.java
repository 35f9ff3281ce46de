package mille.mount;

import java.io.IOException;
import java.lang.System.Logger.Level;
import mille.linux.LateLogger;
import mille.linux.OwnThreads;

/**
 * Has the JVM's compiler go before other threads, where they want the same CPU. In a mount's first second requests are served by the interpreter,
 * many times slower, until the compiler is through; so all gain when it doesn't wait (ADR 15).
 */
final class CompilerFirst {
    /** The name that the JVM gives to the threads of its first compiler, as far as the kernel keeps it. */
    private static final String THREADS = "C1 Compiler";

    private static final int NICE = -10;

    private static final System.Logger LOG = LateLogger.of("mille.mount");

    private CompilerFirst() {}

    /** Returns at once: nobody is to wait for it. Without CAP_SYS_NICE all stays as it is. */
    static void begin() {
        Thread.ofPlatform().daemon().name("compiler-first").start(() -> {
            try {
                OwnThreads.setNice(THREADS, NICE);
            } catch (IOException notAllowed) {
                LOG.log(Level.DEBUG, "the compiler stays a thread like others", notAllowed);
            }
        });
    }
}
