package mille.mount;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import mille.linux.ErrnoException;
import mille.overlay.OpenDirectory;
import mille.overlay.Overlay;

/**
 * Directories that somebody is in the midst of reading, by node. The kernel isn't asked to tell when one is opened or closed, so each is kept
 * until it was read to its end; all that it saves is another listing.
 */
final class ReadDirectories {
    private static final int MAX_DIRECTORIES = 256;

    private final Overlay overlay;

    // Guarded by this; the least recently used first.
    private final Map<Long, OpenDirectory> byNode = new LinkedHashMap<>(16, 0.75f, true);

    ReadDirectories(Overlay overlay) {
        this.overlay = overlay;
    }

    OpenDirectory get(long nodeId) throws ErrnoException {
        synchronized (this) {
            OpenDirectory known = byNode.get(nodeId);
            if (known != null) {
                return known;
            }
        }
        OpenDirectory opened = overlay.openDirectory(nodeId);
        synchronized (this) {
            byNode.put(nodeId, opened);
            if (byNode.size() > MAX_DIRECTORIES) {
                Iterator<OpenDirectory> eldest = byNode.values().iterator();
                eldest.next();
                eldest.remove();
            }
        }
        return opened;
    }

    /** It was read to its end, or nobody knows it any more. */
    synchronized void drop(long nodeId) {
        if (!byNode.isEmpty()) {
            byNode.remove(nodeId);
        }
    }
}
