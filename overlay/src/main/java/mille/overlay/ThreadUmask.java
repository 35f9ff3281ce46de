package mille.overlay;

import mille.linux.ErrnoException;
import mille.linux.ThreadCredentials;

/**
 * The umask of the thread that makes a file, so that the layer's own file system applies it, or doesn't where a directory has a default
 * ACL. Each thread that comes here gets one of its own.
 */
final class ThreadUmask {
    private static final int UNKNOWN = -1;
    private static final ThreadLocal<int[]> CURRENT = ThreadLocal.withInitial(() -> new int[] {UNKNOWN});

    private ThreadUmask() {}

    static void set(int umask) throws ErrnoException {
        int[] current = CURRENT.get();
        if (current[0] == umask) {
            return;
        }
        if (current[0] == UNKNOWN) {
            ThreadCredentials.ownUmask();
        }
        ThreadCredentials.setUmask(umask);
        current[0] = umask;
    }
}
