package mille.overlay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.FileSystemStat;
import mille.linux.Stat;

/**
 * What has to have happened to a copy's data before the copy takes the lower file's place, so that after a crash a name leads to the one
 * or to the other, whole. Why waiting for the data alone can be enough: {@code docs/adr/0016-copies-are-ordered-not-synced.md}.
 */
enum Durability {
    /** Nothing: who mounts {@code volatile} throws the upper layer away after a crash. */
    VOLATILE,
    /** It has been written; the file system's journal never has what comes later without what came before. */
    ORDERED,
    /** It has been synced, as the kernel's overlay does. */
    SYNCED;

    private static final Path JOURNALS = Path.of("/proc/fs/jbd2");

    /** The journal of an ext4 that holds it itself is this inode, and is called after it. */
    private static final int JOURNAL_INODE = 8;

    /**
     * That of a mount.
     *
     * @param upper the upper directory
     */
    static Durability of(OverlayOptions options, Fd upper) throws ErrnoException {
        if (options.has(OverlayOptions.Feature.VOLATILE)) {
            return VOLATILE;
        }
        long magic = FileSystemStat.of(upper).magic();
        boolean ordered = magic == FileSystemStat.XFS_MAGIC
                || (magic == FileSystemStat.EXT4_MAGIC
                        && holdsJournal(Stat.of(upper).device()));
        return ordered ? ORDERED : SYNCED;
    }

    /**
     * Whether an ext4 has a journal, on the device of its data: only then does one flush of the device's cache reach both. False where
     * {@code /sys} or {@code /proc} don't tell.
     */
    private static boolean holdsJournal(long device) {
        Path disk = Path.of("/sys/dev/block/" + Stat.major(device) + ":" + Stat.minor(device));
        try {
            return Files.exists(JOURNALS.resolve(Files.readSymbolicLink(disk).getFileName() + "-" + JOURNAL_INODE));
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until a new file may be given its name. */
    void settle(Fd copy) throws ErrnoException {
        switch (this) {
            case VOLATILE -> {}
            case ORDERED -> FileData.writeOut(copy);
            case SYNCED -> FileData.sync(copy);
        }
    }
}
