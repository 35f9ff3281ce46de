package mille.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/** The machine's CPUs, numbered from 0, and where a thread runs. */
public final class Cpus {
    private static final Path POSSIBLE = Path.of("/sys/devices/system/cpu/possible");

    private Cpus() {}

    /** How many CPUs the machine can ever have, whether they are there now, switched on, and ours to use or not. */
    public static int possible() throws IOException {
        return count(Files.readString(POSSIBLE).strip());
    }

    /** As the kernel writes lists: {@code 0-3,8,10-11}. */
    static int count(String list) {
        int count = 0;
        for (String range : list.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
            count += last - first + 1;
        }
        return count;
    }

    /** Those that the calling thread may run on. */
    public static BitSet allowed() throws ErrnoException {
        NativeBuffer set = Scratch.get().struct;
        return BitSet.valueOf(set.getBytes(0, readAllowed(set)));
    }

    /** Returns how many bytes the kernel has filled. */
    private static long readAllowed(NativeBuffer set) throws ErrnoException {
        return Syscall.check(
                Syscall.call(Scratch.get(), Syscall.SCHED_GETAFFINITY, 0, set.sizeBytes(), set.address()),
                "sched_getaffinity");
    }

    /**
     * Keeps the calling thread on one CPU from here on, if it is one of those that it may run on; threads that it starts inherit that.
     *
     * @return false where the thread may not run there: nothing is changed then
     */
    public static boolean pin(int cpu) throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer set = scratch.struct;
        long bytes = readAllowed(set);
        long at = cpu / Long.SIZE * (long) Long.BYTES;
        long bit = 1L << cpu % Long.SIZE;
        if (at >= bytes || (set.getLong(at) & bit) == 0) {
            return false;
        }
        set.clear(0, bytes);
        set.putLong(at, bit);
        Syscall.check(Syscall.call(scratch, Syscall.SCHED_SETAFFINITY, 0, bytes, set.address()), "sched_setaffinity");
        return true;
    }
}
