package mille.mount;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import org.jspecify.annotations.Nullable;

/** What is open, by the number that the kernel calls it by. Numbers are given again once they are free; looking one up takes no lock. */
final class HandleTable<T> {
    private volatile AtomicReferenceArray<@Nullable T> slots = new AtomicReferenceArray<>(64);

    // Guarded by this: the free numbers, as a stack, and the lowest that was never given.
    private int[] free = new int[64];
    private int freeCount;
    private int next;

    synchronized long add(T opened) {
        int slot = freeCount > 0 ? free[--freeCount] : next++;
        if (slot == slots.length()) {
            AtomicReferenceArray<@Nullable T> grown = new AtomicReferenceArray<>(slot * 2);
            for (int i = 0; i < slot; i++) {
                grown.set(i, slots.get(i));
            }
            slots = grown;
        }
        slots.set(slot, opened);
        return slot;
    }

    /**
     * @throws ErrnoException EBADF where nothing has that number
     */
    T get(long handle) throws ErrnoException {
        AtomicReferenceArray<@Nullable T> all = slots;
        T opened = handle >= 0 && handle < all.length() ? all.get((int) handle) : null;
        if (opened == null) {
            throw new ErrnoException(Errno.EBADF, "handle " + handle);
        }
        return opened;
    }

    /**
     * Frees the number.
     *
     * @throws ErrnoException EBADF
     */
    synchronized T remove(long handle) throws ErrnoException {
        T opened = get(handle);
        slots.set((int) handle, null);
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = (int) handle;
        return opened;
    }

    /** Takes out any one that is left; null when none is. */
    synchronized @Nullable T removeAny() throws ErrnoException {
        for (int slot = 0; slot < next; slot++) {
            if (slots.get(slot) != null) {
                return remove(slot);
            }
        }
        return null;
    }
}
