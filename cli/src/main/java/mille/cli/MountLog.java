package mille.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Standard error of a mount in the background. Whoever started it reads it until it is mounted; what comes after goes to
 * {@code /run/mille/mount-PID.log}, which is made when there is something to write.
 */
final class MountLog extends OutputStream {
    private static final Path DIRECTORY = Path.of("/run/mille");

    private final OutputStream launcher;

    // Guarded by this.
    private boolean alone;
    private @Nullable OutputStream file;

    private MountLog(OutputStream launcher) {
        this.launcher = launcher;
    }

    /** Takes the place of {@link System#err}. */
    static MountLog install() {
        MountLog log = new MountLog(System.err);
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        return log;
    }

    /** Nobody reads what was standard error from here on. */
    synchronized void leaveLauncher() {
        alone = true;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        current().write(bytes, offset, length);
    }

    private synchronized OutputStream current() throws IOException {
        if (!alone) {
            return launcher;
        }
        OutputStream open = file;
        if (open == null) {
            Files.createDirectories(
                    DIRECTORY, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            open = Files.newOutputStream(
                    DIRECTORY.resolve("mount-" + ProcessHandle.current().pid() + ".log"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            file = open;
        }
        return open;
    }

    @Override
    public synchronized void flush() throws IOException {
        if (!alone) {
            launcher.flush();
        }
    }
}
