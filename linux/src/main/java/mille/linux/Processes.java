package mille.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What {@link ProcessHandle} can't do: adopt orphans and hear how they end, send any signal, tell a process from a later one of its number. */
public final class Processes {
    private static final int PR_SET_CHILD_SUBREAPER = 36;

    private Processes() {}

    /** From now on, descendants whose parent dies become children of this process, and {@link #await} can wait for them. */
    public static void adoptOrphans() throws ErrnoException {
        Syscall.check(Syscall.call(Scratch.get(), Syscall.PRCTL, PR_SET_CHILD_SUBREAPER, 1), "prctl");
    }

    /**
     * Waits for a child to end, and takes its remains away.
     *
     * @return its exit code, or 128 and the number of the signal that killed it, as shells have it
     * @throws ErrnoException ECHILD where it is no child of ours
     */
    public static int await(int pid) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long result;
        do {
            result = Syscall.call(scratch, Syscall.WAIT4, pid, scratch.struct.address(), 0, 0);
        } while (Syscall.interrupted(result));
        Syscall.check(result, "wait4", pid);
        int status = scratch.struct.getInt(0);
        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    /**
     * @return false where there is no such process any more
     */
    public static boolean send(int pid, Signal signal) throws ErrnoException {
        long result = Syscall.call(Scratch.get(), Syscall.KILL, pid, signal.number());
        if (result == -Errno.ESRCH.code()) {
            return false;
        }
        Syscall.check(result, "kill", pid);
        return true;
    }

    /**
     * When a process started, in clock ticks since boot: with its number, that names it for as long as the machine runs
     * ({@code proc(5)}, field 22 of {@code stat}).
     *
     * @return empty where there is no such process, or only its remains
     */
    public static OptionalLong startTime(int pid) throws IOException {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException _) {
            return OptionalLong.empty();
        } catch (IOException e) {
            if (Files.exists(Path.of("/proc/" + pid))) {
                throw e;
            }
            return OptionalLong.empty(); // ESRCH: it ended between open and read
        }
        // The name in parentheses may hold spaces and parentheses; the fields after it don't.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return fields[0].equals("Z") || fields[0].equals("X")
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(fields[19]));
    }
}
