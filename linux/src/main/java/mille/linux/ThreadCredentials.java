package mille.linux;

/**
 * What a thread of ours may have of its own, unlike its process: file system user and group, and a umask.
 *
 * <p>System calls made directly change the calling thread alone; only a C library would spread them. Call from platform threads that a
 * file server owns, never from a pool's.
 */
public final class ThreadCredentials {
    private static final int CLONE_FS = 0x200;

    private ThreadCredentials() {}

    /** From here on this thread's umask (and working directory) is its own ({@code unshare(CLONE_FS)}). */
    public static void ownUmask() throws ErrnoException {
        Syscall.check(Syscall.call(Scratch.get(), Syscall.UNSHARE, CLONE_FS), "unshare CLONE_FS");
    }

    /**
     * @return the umask before
     */
    public static int setUmask(int umask) {
        return (int) Syscall.call(Scratch.get(), Syscall.UMASK, umask);
    }

    /**
     * The user as whom files are reached and made, from now on and for this thread.
     *
     * @return the one before
     */
    public static int setFileSystemUser(int uid) {
        return (int) Syscall.call(Scratch.get(), Syscall.SETFSUID, uid);
    }

    /**
     * @return the group before
     */
    public static int setFileSystemGroup(int gid) {
        return (int) Syscall.call(Scratch.get(), Syscall.SETFSGID, gid);
    }

    /** From now on this thread belongs to no group but its file system group. */
    public static void dropSupplementaryGroups() throws ErrnoException {
        Syscall.check(Syscall.call(Scratch.get(), Syscall.SETGROUPS, 0, 0), "setgroups");
    }
}
