package mille.engine.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.O;

/** Files and names that are on disk when a call returns, and moves that replace nothing. */
final class DurableFiles {
    private DurableFiles() {}

    /** Makes the directory with these permissions whatever the umask, unless it is there. */
    static void makeDirectory(Path directory, String permissions) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
        }
    }

    /** Writes a small text file and syncs it; its name is the caller's to sync. */
    static void write(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        sync(file);
    }

    /** Syncs a file, or the names in a directory. */
    static void sync(Path fileOrDirectory) throws ErrnoException {
        try (Fd opened = Fd.open(fileOrDirectory, O.RDONLY)) {
            FileData.sync(opened);
        }
    }

    /** Syncs the names in a directory and all below it: for few directories, which don't wait for what others write. */
    static void syncDirectories(Path directory) throws IOException {
        for (Path entry : Directories.list(directory)) {
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                syncDirectories(entry);
            }
        }
        sync(directory);
    }

    /** Syncs the whole file system that the path lies on: cheaper than a sync of each of thousands of files. */
    static void syncFileSystem(Path any) throws ErrnoException {
        try (Fd opened = Fd.open(any, O.RDONLY)) {
            FileData.syncFileSystem(opened);
        }
    }

    /** Renames within the file system; a file that has the name already is replaced, a directory only where it is empty. */
    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * As {@link #move}.
     *
     * @return false where there was nothing to move
     */
    static boolean moveIfThere(Path from, Path to) throws IOException {
        try {
            move(from, to);
            return true;
        } catch (NoSuchFileException gone) {
            return false;
        }
    }
}
