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

    /** From now on this thread has no rights beyond those of its user ({@code capset(2)} with empty sets). There is no way back. */
    public static void dropCapabilities() throws ErrnoException {
        final int version3 = 0x20080522;
        final int setsBytes = 24; // two of struct __user_cap_data_struct
        Scratch scratch = Scratch.get();
        NativeBuffer header = scratch.struct;
        header.clear(0, 8 + setsBytes);
        header.putInt(0, version3); // the second field is 0: this thread
        Syscall.check(Syscall.call(scratch, Syscall.CAPSET, header.address(), header.address() + 8), "capset");
    }

    /** From now on this thread belongs to no group but its file system group. */
    public static void dropSupplementaryGroups() throws ErrnoException {
        Syscall.check(Syscall.call(Scratch.get(), Syscall.SETGROUPS, 0, 0), "setgroups");
    }
}
