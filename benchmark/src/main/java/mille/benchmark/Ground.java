package mille.benchmark;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    private final Thread atExit = new Thread(this::clear);

    private Ground(Path directory) {
        this.directory = directory;
    }

    /**
     * A new one, which also goes when the run is interrupted.
     *
     * @param disk a directory on the disk
     */
    static Ground open(Kind kind, Path disk) throws IOException {
        Ground ground = new Ground(Files.createTempDirectory(disk, "mille-bench-"));
        Runtime.getRuntime().addShutdownHook(ground.atExit);
        if (kind == Kind.TMPFS) {
            Command.run("mount", "-t", "tmpfs", "-o", "mode=755,size=80%", "tmpfs", ground.directory.toString());
        }
        return ground;
    }

    Path directory() {
        return directory;
    }

    /** Unmounts and removes it. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        clear();
    }

    private void clear() {
        try {
            for (Path mount : MountPoint.beneath(directory).reversed()) {
                Command.run("umount", "--lazy", mount.toString());
            }
            Command.attempt(LIMIT, "rm", "-rf", "--one-file-system", "--", directory.toString())
                    .orFail();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " is left", e);
        }
    }
}
