package mille.overlay;

import java.util.List;
import mille.linux.DirectoryReader;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import org.jspecify.annotations.Nullable;

/**
 * A directory that somebody reads. What it lists is settled at the first read and again at each rewind, so that offsets mean the same
 * from call to call while names come and go.
 */
public final class OpenDirectory implements AutoCloseable {
    private final Overlay overlay;
    private final Node node;
    private volatile @Nullable List<MergedDirectory.Item> items;

    OpenDirectory(Overlay overlay, Node node) {
        this.overlay = overlay;
        this.node = node;
    }

    /** The node that was opened. */
    public long nodeId() {
        return node.id();
    }

    /** Takes entries for as long as it has room. */
    @FunctionalInterface
    public interface EntryConsumer {
        /**
         * Takes one entry.
         *
         * @param name null for {@code .} and {@code ..}; {@code nextOffset} tells them apart: 1 and 2
         * @param type a {@code DT_*} value of {@link DirectoryReader}
         * @param nextOffset where to go on after this entry
         * @return false where there was no room: it will be offered again
         */
        boolean accept(@Nullable FileName name, long inode, int type, long nextOffset) throws ErrnoException;
    }

    /**
     * Offers the entries from an offset on.
     *
     * @param offset 0 for the start, which lists the directory anew; otherwise what a consumer was given as {@code nextOffset}
     */
    public void read(long offset, EntryConsumer consumer) throws ErrnoException {
        List<MergedDirectory.Item> listed = items;
        if (listed == null || offset == 0) {
            listed = overlay.list(node);
            items = listed;
        }
        if (offset <= 0 && !consumer.accept(null, node.inode(), DirectoryReader.DT_DIR, 1)) {
            return;
        }
        if (offset <= 1 && !consumer.accept(null, overlay.parentInode(node), DirectoryReader.DT_DIR, 2)) {
            return;
        }
        for (long at = Math.max(offset, 2); at - 2 < listed.size(); at++) {
            MergedDirectory.Item item = listed.get((int) at - 2);
            if (!consumer.accept(item.name(), item.inode(), item.type(), at + 1)) {
                return;
            }
        }
    }

    /** The directory's entries are on disk when this returns. */
    public void sync() throws ErrnoException {
        overlay.syncDirectory(node);
    }

    @Override
    public void close() {
        items = null;
    }
}
