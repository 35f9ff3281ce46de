package mille.overlay;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Ids that {@link LastingIds} made. A file that has none, or whose id another one has, gets one that means nothing to any other mount: those
 * are positive, where lasting ones aren't, and begin where hardly a mount has begun before.
 */
final class ScatteredIds implements NodeIds {
    private final ConcurrentHashMap<Long, Node> nodes = new ConcurrentHashMap<>();
    private long next = ThreadLocalRandom.current().nextLong(1L << 32, Long.MAX_VALUE / 2);

    @Override
    public @Nullable Node get(long id) {
        return nodes.get(id);
    }

    @Override
    public long choose(long lasting) {
        return lasting == LastingIds.NONE || nodes.containsKey(lasting) ? next++ : lasting;
    }

    @Override
    public void put(Node node) {
        nodes.put(node.id(), node);
    }

    @Override
    public void remove(Node node) {
        nodes.remove(node.id());
    }

    @Override
    public int size() {
        return nodes.size();
    }
}
