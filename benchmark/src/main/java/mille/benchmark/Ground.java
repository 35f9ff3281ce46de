package mille.benchmark;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import mille.testkit.Command;

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
    private final Kind kind;

    private Ground(Path directory, Kind kind) {
        this.directory = directory;
        this.kind = kind;
    }

    /**
     * A new one.
     *
     * @param disk a directory on the disk
     */
    static Ground open(Kind kind, Path disk) throws IOException {
        Ground ground = new Ground(Files.createTempDirectory(disk, "mille-bench-"), kind);
        if (kind == Kind.TMPFS) {
            Command.run("mount", "-t", "tmpfs", "-o", "mode=755,size=80%", "tmpfs", ground.directory.toString());
        }
        return ground;
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        if (kind == Kind.TMPFS) {
            Command.run("umount", "--lazy", directory.toString());
            Files.delete(directory);
        } else {
            Command.attempt(LIMIT, "rm", "-rf", "--one-file-system", "--", directory.toString())
                    .orFail();
        }
    }
}
