package mille.overlay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mille.linux.FileName;
import org.jspecify.annotations.Nullable;

/**
 * Where each file of the merged tree is, by its id: in which directories, again by their ids, under which names. Arrays with open addressing
 * keep it at some seventy bytes a name, for there is one for every name of the tree. Guarded by the node table.
 */
final class ExportedNames {
    /** One of a file's names. */
    record Place(long parentId, FileName name) {}

    private long[] ids = new long[1024]; // 0 where a slot is free
    private long[] parents = new long[ids.length];
    private byte[] @Nullable [] names = new byte[ids.length] @Nullable [];
    private int used;

    /** Adds a name, unless it is known. */
    void put(long id, long parentId, FileName name) {
        if (slotOf(id, parentId, name) >= 0) {
            return;
        }
        if ((used + 1) * 4L > ids.length * 3L) {
            grow();
        }
        add(id, parentId, name.bytes());
    }

    void remove(long id, long parentId, FileName name) {
        int slot = slotOf(id, parentId, name);
        if (slot >= 0) {
            close(slot);
            used--;
        }
    }

    List<Place> of(long id) {
        List<Place> places = new ArrayList<>(1);
        for (int slot = home(id); ids[slot] != 0; slot = after(slot)) {
            byte[] name = names[slot];
            if (ids[slot] == id && name != null) {
                places.add(new Place(parents[slot], FileName.of(name)));
            }
        }
        return places;
    }

    private int slotOf(long id, long parentId, FileName name) {
        for (int slot = home(id); ids[slot] != 0; slot = after(slot)) {
            if (ids[slot] == id && parents[slot] == parentId && Arrays.equals(names[slot], name.bytes())) {
                return slot;
            }
        }
        return -1;
    }

    private void add(long id, long parentId, byte @Nullable [] name) {
        int slot = home(id);
        while (ids[slot] != 0) {
            slot = after(slot);
        }
        set(slot, id, parentId, name);
        used++;
    }

    private void set(int slot, long id, long parentId, byte @Nullable [] name) {
        ids[slot] = id;
        parents[slot] = parentId;
        names[slot] = name;
    }

    /** Frees a slot; what comes after it and would have liked it better moves up, so that a search never stops too early. */
    private void close(int slot) {
        int free = slot;
        for (int next = after(slot); ids[next] != 0; next = after(next)) {
            if (distance(home(ids[next]), next) >= distance(free, next)) {
                set(free, ids[next], parents[next], names[next]);
                free = next;
            }
        }
        set(free, 0, 0, null);
    }

    private void grow() {
        long[] oldIds = ids;
        long[] oldParents = parents;
        byte[] @Nullable [] oldNames = names;
        ids = new long[oldIds.length * 2];
        parents = new long[ids.length];
        names = new byte[ids.length] @Nullable [];
        used = 0;
        for (int slot = 0; slot < oldIds.length; slot++) {
            if (oldIds[slot] != 0) {
                add(oldIds[slot], oldParents[slot], oldNames[slot]);
            }
        }
    }

    private int home(long id) {
        return Long.hashCode(id) & (ids.length - 1);
    }

    private int after(int slot) {
        return (slot + 1) & (ids.length - 1);
    }

    private int distance(int from, int to) {
        return (to - from) & (ids.length - 1);
    }
}
