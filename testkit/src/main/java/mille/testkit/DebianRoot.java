package mille.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import mille.linux.Fd;
import mille.linux.FileLock;
import mille.linux.O;

/**
 * The root file system of a minimal Debian 12, some 8,700 entries, as a tar: real input for what unpacks, mounts and compares.
 *
 * <p>{@code mmdebstrap} makes it once a machine, from the Debian mirrors that apt uses, and it is kept in {@code /var/cache/mille-test}.
 */
public final class DebianRoot {
    private static final Path CACHE = Path.of("/var/cache/mille-test");
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private DebianRoot() {}

    /** The tar, with owners, devices and attributes; its first entry is the root. Nobody changes it. */
    public static Path tar() throws IOException {
        Path tar = CACHE.resolve("debian-12-minbase.tar");
        Files.createDirectories(CACHE);
        try (Fd lock = Fd.open(CACHE.resolve("lock"), O.RDWR | O.CREAT, 0600)) {
            FileLock.exclusive(lock); // several test JVMs may want it at the same time
            if (!Files.exists(tar)) {
                Path half = CACHE.resolve("half.tar");
                Command.attempt(LIMIT, "mmdebstrap", "--quiet", "--variant=minbase", "bookworm", half.toString())
                        .orFail();
                Files.move(half, tar, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return tar;
    }
}
