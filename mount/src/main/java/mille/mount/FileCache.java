package mille.mount;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import mille.overlay.OpenFile;
import org.jspecify.annotations.Nullable;

/** Open files by node, the most recently used ones. */
final class FileCache implements AutoCloseable {
    private static final int MAX_FILES = 1024;

    private final class Kept implements OpenFiles.Use {
        private final OpenFile file;
        private final boolean writable;
        private int users = 1;
        private boolean dropped;

        Kept(OpenFile file, boolean writable) {
            this.file = file;
            this.writable = writable;
        }

        @Override
        public OpenFile file() {
            return file;
        }

        @Override
        public void close() {
            synchronized (FileCache.this) {
                users--;
                closeIfUnused();
            }
        }

        private void closeIfUnused() {
            if (dropped && users == 0) {
                file.close();
            }
        }
    }

    // Guarded by this; the least recently used first.
    private final Map<Long, Kept> byNode = new LinkedHashMap<>(16, 0.75f, true);

    /** The node's file, in use; null where there is none, or none that can be written although it is to be. */
    synchronized OpenFiles.@Nullable Use find(long nodeId, boolean writes) {
        Kept kept = byNode.get(nodeId);
        if (kept == null || (writes && !kept.writable)) {
            return null;
        }
        kept.users++;
        return kept;
    }

    /** Takes a file over, in place of the one that is there, and gives it back in use. */
    synchronized OpenFiles.Use add(long nodeId, OpenFile file, boolean writable) {
        Kept kept = new Kept(file, writable);
        drop(byNode.put(nodeId, kept));
        if (byNode.size() > MAX_FILES) {
            Iterator<Kept> eldest = byNode.values().iterator();
            Kept evicted = eldest.next();
            eldest.remove();
            drop(evicted);
        }
        return kept;
    }

    synchronized void drop(long nodeId) {
        drop(byNode.remove(nodeId));
    }

    private static void drop(@Nullable Kept kept) {
        if (kept != null) {
            kept.dropped = true;
            kept.closeIfUnused();
        }
    }

    @Override
    public synchronized void close() {
        byNode.values().forEach(FileCache::drop);
        byNode.clear();
    }
}
