package mille.linux;

/** Making, moving and removing directory entries. No call here follows a symlink in the last component. */
public final class Names {
    /** {@code renameat2(2)}: fail with EEXIST rather than replace. */
    public static final int RENAME_NOREPLACE = 1;

    /** {@code renameat2(2)}: swap the two. */
    public static final int RENAME_EXCHANGE = 2;

    /** {@code renameat2(2)}: leave a 0:0 character device under the old name. */
    public static final int RENAME_WHITEOUT = 4;

    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int AT_EMPTY_PATH = 0x1000;

    private Names() {}

    /**
     * @param mode permission bits, less the umask of the process (or of the thread, see {@link ThreadCredentials})
     */
    public static void makeDirectory(Fd directory, Name name, int mode) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(scratch, Syscall.MKDIRAT, directory.number(), scratch.path(name), mode), "mkdir", name);
    }

    /**
     * @param mode type and permission bits, less the umask
     * @param device packed as in {@link Stat#makeDevice}
     * @throws ErrnoException EINVAL for a device that Linux can't have: a major over 12 bits or a minor over 20
     */
    public static void makeNode(Fd directory, Name name, int mode, long device) throws ErrnoException {
        Scratch scratch = Scratch.get();
        // The system call takes the kernel's 32-bit packing, which agrees with glibc's in its lower half; what lies
        // above, it would cut.
        if (device >>> Integer.SIZE != 0) {
            throw new ErrnoException(Errno.EINVAL, "mknod " + name);
        }
        Syscall.check(
                Syscall.call(scratch, Syscall.MKNODAT, directory.number(), scratch.path(name), mode, device),
                "mknod",
                name);
    }

    /**
     * @param target stored as it is
     * @throws ErrnoException ENOENT for an empty target, EINVAL for one that holds a NUL
     */
    public static void makeSymlink(byte[] target, Fd directory, Name name) throws ErrnoException {
        Scratch scratch = Scratch.get();
        for (byte b : target) {
            if (b == 0) { // the kernel would end the target there
                throw new ErrnoException(Errno.EINVAL, "symlink " + name);
            }
        }
        Syscall.check(
                Syscall.call(
                        scratch, Syscall.SYMLINKAT, scratch.secondPath(target), directory.number(), scratch.path(name)),
                "symlink",
                name);
    }

    /** A second name for a file; of a symlink itself, not of what it points to. */
    public static void link(Fd fromDirectory, Name from, Fd toDirectory, Name to) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(
                        scratch,
                        Syscall.LINKAT,
                        fromDirectory.number(),
                        scratch.path(from),
                        toDirectory.number(),
                        scratch.secondPath(to),
                        0),
                "link",
                to);
    }

    /** Gives an open file a name: one of {@code O_TMPFILE}, or any file known by an {@code O_PATH} descriptor that still has a link. */
    public static void linkOpenFile(Fd file, Fd directory, Name name) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long to = scratch.secondPath(name);
        long result = Syscall.call(
                scratch, Syscall.LINKAT, file.number(), scratch.emptyPath(), directory.number(), to, AT_EMPTY_PATH);
        if (result == -Errno.ENOENT.code()) { // without CAP_DAC_READ_SEARCH
            long path = scratch.path(file.procPathBytes());
            result = Syscall.call(
                    scratch, Syscall.LINKAT, Fd.CWD.number(), path, directory.number(), to, AT_SYMLINK_FOLLOW);
        }
        Syscall.check(result, "link", name);
    }

    public static void unlink(Fd directory, Name name) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(scratch, Syscall.UNLINKAT, directory.number(), scratch.path(name), 0), "unlink", name);
    }

    public static void removeDirectory(Fd directory, Name name) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(scratch, Syscall.UNLINKAT, directory.number(), scratch.path(name), AT_REMOVEDIR),
                "rmdir",
                name);
    }

    /**
     * @param flags {@code RENAME_*} bits, 0 for a plain rename that replaces
     */
    public static void rename(Fd fromDirectory, Name from, Fd toDirectory, Name to, int flags) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(
                        scratch,
                        Syscall.RENAMEAT2,
                        fromDirectory.number(),
                        scratch.path(from),
                        toDirectory.number(),
                        scratch.secondPath(to),
                        flags),
                "rename",
                to);
    }

    /**
     * The target of a symlink, as stored.
     *
     * @throws ErrnoException EINVAL where the name is no symlink
     */
    public static byte[] readLink(Fd directory, Name name) throws ErrnoException {
        Scratch scratch = Scratch.get();
        return readLink(scratch, directory, scratch.path(name), name);
    }

    /** The target of a symlink that is open with {@code O_PATH | O_NOFOLLOW}. */
    public static byte[] readLink(Fd symlink) throws ErrnoException {
        Scratch scratch = Scratch.get();
        return readLink(scratch, symlink, scratch.emptyPath(), symlink);
    }

    private static byte[] readLink(Scratch scratch, Fd directory, long path, Object subject) throws ErrnoException {
        NativeBuffer buffer = scratch.buffer();
        long length = Syscall.check(
                Syscall.call(
                        scratch, Syscall.READLINKAT, directory.number(), path, buffer.address(), Scratch.PATH_BYTES),
                "readlink",
                subject);
        return buffer.getBytes(0, length);
    }
}
