package mille.mount;

import java.util.Arrays;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import org.jspecify.annotations.Nullable;

/** What is open, by the number that the kernel calls it by. Numbers are given again once they are free. */
final class HandleTable<T> {
    // Guarded by this, for a few instructions at a time: a lock that is mostly free is less to compile than an array of
    // atomic references.
    private @Nullable Object[] slots = new @Nullable Object[64];

    /** The free numbers, as a stack. */
    private int[] free = new int[64];

    private int freeCount;

    /** The lowest number that was never given. */
    private int next;

    synchronized long add(T opened) {
        int slot = freeCount > 0 ? free[--freeCount] : next++;
        if (slot == slots.length) {
            slots = Arrays.copyOf(slots, slot * 2);
        }
        slots[slot] = opened;
        return slot;
    }

    /**
     * @throws ErrnoException EBADF where nothing has that number
     */
    @SuppressWarnings("unchecked") // what add put there
    synchronized T get(long handle) throws ErrnoException {
        Object opened = handle >= 0 && handle < slots.length ? slots[(int) handle] : null;
        if (opened == null) {
            throw new ErrnoException(Errno.EBADF, "handle " + handle);
        }
        return (T) opened;
    }

    /**
     * Frees the number.
     *
     * @throws ErrnoException EBADF
     */
    synchronized T remove(long handle) throws ErrnoException {
        T opened = get(handle);
        slots[(int) handle] = null;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = (int) handle;
        return opened;
    }

    /** Takes out any one that is left; null when none is. */
    synchronized @Nullable T removeAny() throws ErrnoException {
        for (int slot = 0; slot < next; slot++) {
            if (slots[slot] != null) {
                return remove(slot);
            }
        }
        return null;
    }
}
