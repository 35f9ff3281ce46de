package mille.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of known kind and size that lives as long as a test. Closing it unmounts it and frees what holds it. */
public final class TemporaryFileSystem implements Closeable {
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
     */
    public static TemporaryFileSystem ext4(long sizeBytes) throws IOException {
        ScratchDirectory scratch = ScratchDirectory.create();
        try {
            Path memory = scratch.path().resolve("memory");
            MountPoint.mount("tmpfs", memory, "tmpfs", 0, "size=" + (sizeBytes + (1 << 20)));
            Path image = memory.resolve("ext4.img");
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(sizeBytes);
            }
            Command.run("mkfs.ext4", "-q", "-F", "-m", "0", "-b", "4096", "-I", "256", image.toString());
            Path root = scratch.directory("ext4");
            Command.run("mount", "-t", "ext4", "-o", "loop,acl,user_xattr", image.toString(), root.toString());
            Files.delete(root.resolve("lost+found"));
            return new TemporaryFileSystem(scratch, MountPoint.of(root));
        } catch (IOException | AssertionError e) {
            scratch.close();
            throw e;
        }
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

    @Override
    public void close() throws IOException {
        mount.close();
        scratch.close();
    }
}
