package mille.overlay;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Ids that are given in order and never twice, so that those of nodes that live at a time lie close together. */
final class OrderedIds implements NodeIds {
    private static final int PAGE_BITS = 10;
    private static final int PAGE_NODES = 1 << PAGE_BITS;

    /** A run of ids. Read without a lock. */
    private static final class Page {
        final AtomicReferenceArray<@Nullable Node> nodes = new AtomicReferenceArray<>(PAGE_NODES);
        int used; // guarded by the table
    }

    private volatile @Nullable Page[] pages = new @Nullable Page[16];
    private long next = NodeTable.ROOT_ID + 1;

    @Override
    public @Nullable Node get(long id) {
        @Nullable Page[] all = pages;
        long index = id >>> PAGE_BITS;
        Page page = index < all.length ? all[(int) index] : null;
        return page == null ? null : page.nodes.get((int) (id & (PAGE_NODES - 1)));
    }

    @Override
    public long choose(long lasting) {
        return next++;
    }

    @Override
    public void put(Node node) {
        int page = (int) (node.id() >>> PAGE_BITS);
        @Nullable Page[] all = pages;
        if (page >= all.length) {
            all = Arrays.copyOf(all, all.length * 2);
        }
        Page at = all[page];
        if (at == null) {
            at = new Page();
            all[page] = at;
        }
        at.nodes.set((int) (node.id() & (PAGE_NODES - 1)), node);
        at.used++;
        pages = all; // publishes the page to readers without the lock
    }

    @Override
    public void remove(Node node) {
        int page = (int) (node.id() >>> PAGE_BITS);
        Page at = Objects.requireNonNull(pages[page]);
        at.nodes.set((int) (node.id() & (PAGE_NODES - 1)), null);
        if (--at.used == 0 && page != next >>> PAGE_BITS) {
            pages[page] = null;
        }
    }

    @Override
    public int size() {
        int size = 0;
        for (Page page : pages) {
            size += page == null ? 0 : page.used;
        }
        return size;
    }
}
