package mille.overlay;

import mille.linux.DirectoryReader;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import org.jspecify.annotations.Nullable;

/**
 * A directory that somebody reads, or several at once. What it lists is settled at the first read and again at each rewind; offsets mean the
 * same for every listing of the directory, before and after and by another object too.
 */
public final class OpenDirectory {
    /** Whoever lists more names than that rarely wants to know more of each. */
    static final int NODES_UNASKED = 1024;

    /** Of a directory in more layers than that all names are looked up: the listing knows where, and a lookup later would try them all. */
    static final int FEW_LAYERS = 16;

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

    /** Takes entries for as long as it has room. Names of the directory stay as they are meanwhile, so it must not call the overlay. */
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
     * @return whether there were any
     */
    public boolean read(long offset, EntryConsumer consumer) throws ErrnoException {
        Listing listed = listed(offset);
        if (!acceptDots(offset, consumer)) {
            return true;
        }
        int start = listed.indexAfter(offset);
        overlay.lookInto(node, () -> offer(listed, start, consumer));
        return offset < 2 || start < listed.count();
    }

    private void offer(Listing listed, int start, EntryConsumer consumer) throws ErrnoException {
        for (int at = start; at < listed.count(); at++) {
            Listing.Item item = listed.item(at);
            if (!consumer.accept(item.name(), overlay.shownInode(node, item), item.type(), listed.place(at))) {
                return;
            }
        }
    }

    /**
     * As {@link #read}, and looks up what it offers. A name that has gone meanwhile is offered without its node; so are those of a large
     * directory in few layers past the first {@value #NODES_UNASKED}, unless somebody looked a name up since the last call.
     */
    public boolean readNodes(long offset, NodeConsumer consumer) throws ErrnoException {
        Listing listed = listed(offset);
        if (!acceptDots(offset, consumer::accept)) {
            return true;
        }
        boolean all = node.takeNamesAskedFor() || node.lowers().count() > FEW_LAYERS;
        int start = listed.indexAfter(offset);
        overlay.lookInto(node, () -> offerNodes(listed, start, all, consumer));
        return offset < 2 || start < listed.count();
    }

    private void offerNodes(Listing listed, int start, boolean all, NodeConsumer consumer) throws ErrnoException {
        for (int at = start; at < listed.count(); at++) {
            Listing.Item item = listed.item(at);
            if (!consumer.hasRoomFor(item.name())) {
                return;
            }
            Entry entry = all || at < NODES_UNASKED ? overlay.lookupListed(node, item, listed.changes()) : null;
            if (entry != null) {
                consumer.acceptNode(item.name(), entry, DirectoryReader.typeOf(entry.stat()), listed.place(at));
            } else if (!consumer.accept(item.name(), overlay.shownInode(node, item), item.type(), listed.place(at))) {
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
}
