package mille.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import mille.linux.Fd;
import mille.linux.Ioctl;
import mille.linux.O;

/** A file system of known kind and size that lives as long as a test. Closing it unmounts it and frees what holds it. */
public final class TemporaryFileSystem implements Closeable {
    /** {@code FS_IOC_SHUTDOWN}, which XFS brought and ext4 took over, and its argument: nothing more gets to the disk, the journal included. */
    private static final int SHUTDOWN = 0x8004587d;

    private static final int WITHOUT_FLUSH = 2;

    private final ScratchDirectory scratch;
    private final MountPoint mount;

    private TemporaryFileSystem(ScratchDirectory scratch, MountPoint mount) {
        this.scratch = scratch;
        this.mount = mount;
    }

    /**
     * An ext4 in a sparse image file in memory, so that syncing costs little, mounted through a loop device that detaches itself. Nothing
     * is reserved for root; blocks have 4 KiB.
     *
     * @param sizeBytes of the image; the file system's own tables take some of it
     * @param options more for {@code mkfs.ext4}
     */
    public static TemporaryFileSystem ext4(long sizeBytes, String... options) throws IOException {
        TemporaryFileSystem made = inImage(
                sizeBytes,
                Stream.concat(
                                Stream.of("mkfs.ext4", "-q", "-F", "-m", "0", "-b", "4096", "-I", "256"),
                                Arrays.stream(options))
                        .toArray(String[]::new));
        Files.delete(made.root().resolve("lost+found"));
        return made;
    }

    /** As {@link #ext4}; {@code mkfs.xfs} wants 300 MB. */
    public static TemporaryFileSystem xfs(long sizeBytes) throws IOException {
        return inImage(sizeBytes, "mkfs.xfs", "-q");
    }

    private static TemporaryFileSystem inImage(long sizeBytes, String... makeFileSystem) throws IOException {
        ScratchDirectory scratch = ScratchDirectory.create();
        try {
            Path memory = scratch.path().resolve("memory");
            MountPoint.mount("tmpfs", memory, "tmpfs", 0, "size=" + (sizeBytes + (1 << 20)));
            Path image = memory.resolve("image");
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(sizeBytes);
            }
            Command.run(Stream.concat(Arrays.stream(makeFileSystem), Stream.of(image.toString()))
                    .toArray(String[]::new));
            Path root = scratch.directory("root");
            mountImage(image, root);
            return new TemporaryFileSystem(scratch, MountPoint.of(root));
        } catch (IOException | AssertionError e) {
            scratch.close();
            throw e;
        }
    }

    private static void mountImage(Path image, Path root) throws IOException {
        Command.run("mount", "-o", "loop", image.toString(), root.toString());
    }

    /** A file system in memory: fast, with trusted and user attributes and ACLs, nothing to sync. */
    public static TemporaryFileSystem tmpfs(long sizeBytes) throws IOException {
        ScratchDirectory scratch = ScratchDirectory.create();
        try {
            Path root = scratch.path().resolve("tmpfs");
            return new TemporaryFileSystem(
                    scratch, MountPoint.mount("tmpfs", root, "tmpfs", 0, "mode=755,size=" + sizeBytes));
        } catch (IOException e) {
            scratch.close();
            throw e;
        }
    }

    /** Its root directory, mode 0755. */
    public Path root() {
        return mount.path();
    }

    /** A power cut, for a file system in an image: what hasn't reached the disk by now never does, and whoever asks for it is told EIO. */
    public void cutOff() throws IOException {
        try (Fd root = Fd.open(root(), O.RDONLY | O.DIRECTORY)) {
            Ioctl.call(root, SHUTDOWN, WITHOUT_FLUSH, Integer.BYTES);
        }
    }

    /** Mounts what was cut off once more, which replays the journal. Nothing of it may be open. */
    public void mountAgain() throws IOException {
        Command.run("umount", root().toString());
        mountImage(scratch.path().resolve("memory/image"), root());
    }

    @Override
    public void close() throws IOException {
        mount.close();
        scratch.close();
    }
}
