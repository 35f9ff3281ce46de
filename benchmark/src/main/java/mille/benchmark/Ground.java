package mille.benchmark;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import mille.testkit.Command;
import mille.testkit.MountPoint;

/** A directory for layers, on a file system of the wanted kind. Closing it leaves nothing. */
final class Ground implements Closeable {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** What layers and upper may lie on. */
    enum Kind {
        /** What the code costs. */
        TMPFS,
        /** What a user of this machine sees. */
        DISK
    }

    private final Path directory;

    private Ground(Path directory) {
        this.directory = directory;
    }

    /**
     * A new one.
     *
     * @param disk a directory on the disk
     */
    static Ground open(Kind kind, Path disk) throws IOException {
        Ground ground = new Ground(Files.createTempDirectory(disk, "mille-bench-"));
        if (kind == Kind.TMPFS) {
            Command.run("mount", "-t", "tmpfs", "-o", "mode=755,size=80%", "tmpfs", ground.directory.toString());
        }
        return ground;
    }

    Path directory() {
        return directory;
    }

    /** Unmounts and removes it, also where this thread is interrupted, and what it had started is just ending. */
    @Override
    public void close() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            for (Path mount : MountPoint.beneath(directory).reversed()) {
                Command.attempt(LIMIT, "umount", "--lazy", mount.toString());
            }
            String remove =
                    "for try in 1 2 3 4 5; do rm -rf --one-file-system -- \"$1\" && exit; sleep 1; done; exit 1";
            Command.attempt(LIMIT, "bash", "-c", remove, "rm", directory.toString())
                    .orFail();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
