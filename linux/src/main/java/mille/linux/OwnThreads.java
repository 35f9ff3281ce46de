package mille.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** This process's threads, the JVM's own among them, by the names that the kernel has for them: at most 15 bytes ({@code proc(5)}). */
public final class OwnThreads {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final int PRIO_PROCESS = 0;

    private OwnThreads() {}

    /**
     * Gives threads another nice value ({@code setpriority(2)}).
     *
     * @param prefix what their names begin with
     * @param nice from -20, for the most of the CPU, to 19
     * @return how many there are
     * @throws ErrnoException EACCES where the value is less than it was, and the process has no CAP_SYS_NICE
     */
    public static int setNice(String prefix, int nice) throws IOException {
        int found = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                if (name(task).startsWith(prefix)) {
                    int number = Integer.parseInt(task.getFileName().toString());
                    Syscall.check(
                            Syscall.call(Scratch.get(), Syscall.SETPRIORITY, PRIO_PROCESS, number, nice),
                            "setpriority",
                            prefix);
                    found++;
                }
            }
        }
        return found;
    }

    private static String name(Path task) throws IOException {
        try {
            return Files.readString(task.resolve("comm"), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException ended) {
            return "";
        }
    }
}
