package mille.overlay;

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
    private volatile @Nullable Listing listing;

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

    /** As {@link EntryConsumer}, for names that are looked up by the way. */
    public interface NodeConsumer {
        /** Whether an entry of this name would be taken: asked before it is looked up, which has to be counted. */
        boolean hasRoomFor(FileName name);

        /** As {@link EntryConsumer#accept}: {@code .}, {@code ..}, or a name that couldn't be looked up. */
        boolean accept(@Nullable FileName name, long inode, int type, long nextOffset) throws ErrnoException;

        /** Takes an entry for which there was room, with one lookup counted on its node. */
        void acceptNode(FileName name, Entry entry, int type, long nextOffset);
    }

    /**
     * Offers the entries from an offset on.
     *
     * @param offset 0 for the start, which lists the directory anew; otherwise what a consumer was given as {@code nextOffset}
     */
    public void read(long offset, EntryConsumer consumer) throws ErrnoException {
        Listing listed = listed(offset);
        if (!acceptDots(offset, consumer)) {
            return;
        }
        for (long at = Math.max(offset, 2); at - 2 < listed.items().size(); at++) {
            Listing.Item item = listed.items().get((int) at - 2);
            if (!consumer.accept(item.name(), overlay.shownInode(node, item), item.type(), at + 1)) {
                return;
            }
        }
    }

    /** As {@link #read}, and looks up what it offers. A name that has gone meanwhile is offered without its node. */
    public void readNodes(long offset, NodeConsumer consumer) throws ErrnoException {
        Listing listed = listed(offset);
        if (!acceptDots(offset, consumer::accept)) {
            return;
        }
        for (long at = Math.max(offset, 2); at - 2 < listed.items().size(); at++) {
            Listing.Item item = listed.items().get((int) at - 2);
            if (!consumer.hasRoomFor(item.name())) {
                return;
            }
            Entry entry = overlay.lookupListed(node, item, listed.changes());
            if (entry != null) {
                consumer.acceptNode(item.name(), entry, DirectoryReader.typeOf(entry.stat()), at + 1);
            } else if (!consumer.accept(item.name(), item.inode(), item.type(), at + 1)) {
                return;
            }
        }
    }

    private Listing listed(long offset) throws ErrnoException {
        Listing listed = listing;
        if (listed == null || offset == 0) {
            listed = overlay.list(node);
            listing = listed;
        }
        return listed;
    }

    private boolean acceptDots(long offset, EntryConsumer consumer) throws ErrnoException {
        return (offset > 0 || consumer.accept(null, node.inode(), DirectoryReader.DT_DIR, 1))
                && (offset > 1 || consumer.accept(null, overlay.parentInode(node), DirectoryReader.DT_DIR, 2));
    }

    /** The directory's entries are on disk when this returns. */
    public void sync() throws ErrnoException {
        overlay.syncDirectory(node);
    }

    @Override
    public void close() {
        listing = null;
    }
}
