package mille.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a signal does to a call that waits. */
class InterruptionTest {
    /** The JVM has a handler of its own for it, which does nothing to a thread that nobody suspends. */
    private static final int SIGNAL = Signal.USR2.number();

    private static final int RT_SIGACTION = 13;
    private static final int GETTID = 186;
    private static final int TGKILL = 234;
    private static final long SA_RESTART = 0x10000000;
    private static final long FLAGS = 8; // in the kernel's struct sigaction
    private static final int ACTION_BYTES = 32;

    /** A call that was asked to wait, and what it gave. */
    private static CompletableFuture<Integer> readByte(Fd from, CompletableFuture<Long> reader) {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                reader.complete(Syscall.call(Scratch.get(), GETTID, 0));
                result.complete(FileData.read(from, NativeBuffer.allocate(8), 0, 8));
            } catch (ErrnoException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static void awaitSleep(long thread) throws Exception {
        Path call = Path.of("/proc/self/task/" + thread + "/syscall");
        while (!Files.readString(call).startsWith(Syscall.READ + " ")) {
            Thread.onSpinWait();
        }
    }

    private static long interruptions(long thread) throws Exception {
        return Files.readAllLines(Path.of("/proc/self/task/" + thread + "/status")).stream()
                .filter(line -> line.startsWith("voluntary_ctxt_switches"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    @Test
    void anInterruptedReadGoesOn() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            NativeBuffer action = NativeBuffer.allocate(ACTION_BYTES);
            NativeBuffer restarting = NativeBuffer.allocate(ACTION_BYTES);
            Scratch scratch = Scratch.get();
            Syscall.check(Syscall.call(scratch, RT_SIGACTION, SIGNAL, 0, restarting.address(), 8), "sigaction");
            assertTrue(restarting.getLong(0) > 1, "the JVM has no handler");
            action.putBytes(0, restarting.getBytes(0, ACTION_BYTES), 0, ACTION_BYTES);
            // Without this flag the kernel answers EINTR instead of going on by itself.
            action.putLong(FLAGS, action.getLong(FLAGS) & ~SA_RESTART);
            Syscall.check(Syscall.call(scratch, RT_SIGACTION, SIGNAL, action.address(), 0, 8), "sigaction");
            try {
                CompletableFuture<Long> thread = new CompletableFuture<>();
                CompletableFuture<Integer> read = readByte(pipe.read(), thread);
                awaitSleep(thread.join());
                long before = interruptions(thread.join());
                Syscall.check(
                        Syscall.call(scratch, TGKILL, ProcessHandle.current().pid(), thread.join(), SIGNAL), "tgkill");
                while (interruptions(thread.join()) == before) {
                    Thread.onSpinWait();
                }
                awaitSleep(thread.join());
                FileData.write(pipe.write(), NativeBuffer.allocate(1), 0, 1);
                assertEquals(1, read.get(30, TimeUnit.SECONDS));
            } finally {
                Syscall.check(Syscall.call(scratch, RT_SIGACTION, SIGNAL, restarting.address(), 0, 8), "sigaction");
            }
        }
    }
}
