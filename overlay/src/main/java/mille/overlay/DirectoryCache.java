package mille.overlay;

import java.util.List;
import java.util.Objects;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.O;
import mille.linux.RelativePath;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors of directories, as many as the process can spare: names are resolved relative to them, so that a request
 * costs no walk from the root, and so that no rename on the way can lead it astray.
 *
 * <p>Callers hold RENAME, shared or exclusively: a directory's path doesn't change while it is opened.
 */
final class DirectoryCache implements AutoCloseable {
    private final List<Layer> layers;
    private final @Nullable Slot[] ring;
    private int hand; // guarded by this

    /** What the ring remembers: whose descriptor it is, to take it away from there. */
    private record Slot(Node owner, int place, SharedFd descriptor) {}

    DirectoryCache(List<Layer> layers, int capacity) {
        this.layers = layers;
        this.ring = new @Nullable Slot[capacity];
    }

    /** The node's directory in the upper layer, which it has. The caller closes it. */
    SharedFd upper(Node directory) throws ErrnoException {
        return acquire(directory, 0, Layer.UPPER);
    }

    /**
     * The node's directory in one of its lower layers. The caller closes it.
     *
     * @param depth 0 for the topmost lower that holds the node
     */
    SharedFd lower(Node directory, int depth) throws ErrnoException {
        return acquire(directory, depth + 1, directory.lowers().layer(depth));
    }

    /** The topmost of the node's directories: the one whose attributes are the node's. The caller closes it. */
    SharedFd top(Node directory) throws ErrnoException {
        return directory.hasUpper() ? upper(directory) : lower(directory, 0);
    }

    private SharedFd acquire(Node directory, int place, int layer) throws ErrnoException {
        while (true) {
            SharedFd cached = directory.descriptor(place);
            if (cached != null && cached.pin()) {
                return cached;
            }
            SharedFd made = new SharedFd(open(directory, place, layer, O.PATH));
            made.pin(); // one for the cache, one for the caller
            if (directory.replaceDescriptor(place, cached, made)) {
                remember(new Slot(directory, place, made));
                return made;
            }
            made.close();
            made.close();
        }
    }

    private Fd open(Node directory, int place, int layer, int access) throws ErrnoException {
        SharedFd above = above(directory, place, layer);
        if (above != null) {
            try (above) {
                FileName name = Objects.requireNonNull(directory.position()).name();
                return above.fd().openAt(name, O.DIRECTORY | O.NOFOLLOW | access);
            }
        }
        RelativePath path = place == 0 ? directory.path() : directory.lowerPath(place - 1);
        return layers.get(layer).openDirectory(path, access);
    }

    /** What is open of the parent in the same layer, where that has the directory under the node's name; else null. The caller closes it. */
    private static @Nullable SharedFd above(Node directory, int place, int layer) {
        Node.Position at = directory.position();
        if (at == null || (place > 0 && directory.lowers().place(place - 1) != null)) {
            return null;
        }
        Node parent = at.parent();
        int depth = place == 0 ? -1 : parent.lowers().depthOf(layer);
        SharedFd open = place > 0 && depth < 0 ? null : parent.descriptor(depth + 1);
        return open != null && open.pin() ? open : null;
    }

    /** Works with a directory that is open to be listed. */
    @FunctionalInterface
    interface Reading {
        /**
         * @param path to resolve names by; good until this returns
         * @param listed to list; perhaps the same
         */
        void accept(Fd path, Fd listed) throws ErrnoException;
    }

    /**
     * Opens one of a node's directories to be listed. Where none is open that names are resolved by, this one is kept for that: who lists a
     * directory will mostly look at what is in it next.
     *
     * @param place 0 for the upper layer, then the lowers from the topmost
     * @param layer the same, by its index
     */
    void read(Node directory, int place, int layer, Reading reading) throws ErrnoException {
        SharedFd cached = directory.descriptor(place);
        if (cached != null && cached.pin()) {
            try (cached;
                    Fd listed = cached.fd().openAt(RelativePath.EMPTY, O.RDONLY | O.DIRECTORY)) {
                reading.accept(cached.fd(), listed);
            }
            return;
        }
        SharedFd made = new SharedFd(open(directory, place, layer, O.RDONLY));
        boolean kept = false;
        try {
            reading.accept(made.fd(), made.fd());
            kept = directory.replaceDescriptor(place, cached, made);
        } finally {
            if (!kept) {
                made.close();
            }
        }
        if (kept) {
            remember(new Slot(directory, place, made));
        }
    }

    private synchronized void remember(Slot slot) {
        for (int looked = 0; ; looked++) {
            hand = (hand + 1) % ring.length;
            Slot old = ring[hand];
            if (old == null || looked >= ring.length || !old.descriptor.wasUsed()) {
                if (old != null) {
                    giveUp(old);
                }
                ring[hand] = slot;
                return;
            }
        }
    }

    private static void giveUp(Slot slot) {
        if (slot.owner.replaceDescriptor(slot.place, slot.descriptor, null)) {
            slot.descriptor.close();
        }
    }

    /** Gives up what is cached for a directory that nobody will ask for again. */
    void forget(Node directory) {
        for (int place = 0; place < directory.descriptorPlaces(); place++) {
            SharedFd cached = directory.descriptor(place);
            if (cached != null && directory.replaceDescriptor(place, cached, null)) {
                cached.close();
            }
        }
    }

    @Override
    public synchronized void close() {
        for (int i = 0; i < ring.length; i++) {
            Slot slot = ring[i];
            if (slot != null) {
                giveUp(slot);
                ring[i] = null;
            }
        }
    }
}
