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
    private static final int IMAGE_MIB = 6 << 10;

    /** What layers and upper may lie on. */
    enum Kind {
        /** What the code costs. */
        TMPFS,
        /**
         * A new ext4 with a journal, as most users have it, in a file on the disk: the machine's own can be of another kind, and is left with
         * what others have made and removed.
         */
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
        boolean complete = false;
        try {
            switch (kind) {
                case TMPFS -> ground.mountMemory();
                case DISK -> ground.mountImage();
            }
            complete = true;
            return ground;
        } finally {
            if (!complete) {
                ground.close();
            }
        }
    }

    private void mountMemory() throws IOException {
        Command.run("mount", "-t", "tmpfs", "-o", "mode=755,size=80%", "tmpfs", directory.toString());
    }

    /**
     * The image is written before, so that the file system below has nothing to allocate, and its pages aren't cached twice. The loop device
     * and the image, which has no name any more, go with the mount.
     */
    private void mountImage() throws IOException {
        String make = """
                set -e
                cd "$1"
                dd if=/dev/zero of=image bs=1M count=%d oflag=direct conv=fsync status=none
                mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 image
                device=$(losetup --direct-io=on --find --show image)
                trap 'losetup --detach "$device"' EXIT
                rm image
                mount "$device" "$1"
                """.formatted(IMAGE_MIB);
        Command.attempt(LIMIT, "bash", "-c", make, "image", directory.toString())
                .orFail();
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
