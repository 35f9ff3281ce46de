package mille.overlay;

import java.util.concurrent.locks.StampedLock;

/**
 * The locks of one overlay, ranked as the package's documentation says. Directories and nodes share stripes of locks: two that share one
 * merely wait for each other, and a thread never holds two of the same rank.
 */
final class Locks {
    private static final int STRIPES = 256;

    private static final int COPY_UP = 1;
    private static final int RENAME = 2;
    private static final int DIRECTORY = 3;
    private static final int NODE = 4;

    /** The highest rank that the thread holds; kept only when assertions are on. */
    private static final ThreadLocal<int[]> HELD_RANK = ThreadLocal.withInitial(() -> new int[1]);

    private final Ranked[] copyUps = stripes(COPY_UP);
    private final Ranked rename = new Ranked(RENAME);
    private final Ranked[] directories = stripes(DIRECTORY);
    private final Ranked[] nodes = stripes(NODE);

    private static Ranked[] stripes(int rank) {
        Ranked[] stripes = new Ranked[STRIPES];
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Ranked(rank);
        }
        return stripes;
    }

    /** Exclusive while a node is copied up, however long that takes; nothing else waits for it but another copy-up. */
    Ranked copyUp(Node node) {
        return copyUps[stripe(node)];
    }

    /** Shared: names may change, but no node moves from one place to another. Exclusive: nobody else looks at names at all. */
    Ranked rename() {
        return rename;
    }

    /** Shared to look a name up in it, exclusive to make or remove one. */
    Ranked directory(Node node) {
        return directories[stripe(node)];
    }

    /** Shared to reach a file by its name, exclusive to change where it is found: to publish a copy, to take its name away. */
    Ranked node(Node node) {
        return nodes[stripe(node)];
    }

    private static int stripe(Node node) {
        return (int) (node.id() & (STRIPES - 1));
    }

    /** Ends a hold, at the end of a {@code try}. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * A read-write lock that knows its place in the order. As nobody takes one that he has, it needn't know its holders, which would be asked of
     * a thread-local each time.
     */
    static final class Ranked {
        private final int rank;
        private final StampedLock lock = new StampedLock();
        private final Held sharedHold = this::releaseShared;
        private final Held exclusiveHold = this::releaseExclusive;

        Ranked(int rank) {
            this.rank = rank;
        }

        Held shared() {
            assert enter();
            lock.readLock();
            return sharedHold;
        }

        Held exclusive() {
            assert enter();
            lock.writeLock();
            return exclusiveHold;
        }

        private void releaseShared() {
            requireHeld(lock.tryUnlockRead());
            assert leave();
        }

        private void releaseExclusive() {
            requireHeld(lock.tryUnlockWrite());
            assert leave();
        }

        private static void requireHeld(boolean was) {
            if (!was) {
                throw new IllegalMonitorStateException();
            }
        }

        private boolean enter() {
            int[] held = HELD_RANK.get();
            if ((held[0] & ~((1 << rank) - 1)) != 0) {
                throw new AssertionError("lock of rank " + rank + " taken after one of its own rank or a later one");
            }
            held[0] |= 1 << rank;
            return true;
        }

        private boolean leave() {
            HELD_RANK.get()[0] &= ~(1 << rank);
            return true;
        }
    }
}
