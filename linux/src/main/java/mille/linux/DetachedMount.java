package mille.linux;

import java.nio.file.Path;

/**
 * A mount that is attached nowhere: made by {@link MountContext#mount}, or copied from an attached one. Files in it can be reached through
 * {@link #root}. Closing it dissolves it, unless it was attached meanwhile.
 */
public final class DetachedMount implements AutoCloseable {
    static final int MOVE_MOUNT_F_EMPTY_PATH = 0x04;
    static final int OPEN_TREE_CLONE = 1;
    static final int AT_EMPTY_PATH = 0x1000;

    private final Fd root;

    DetachedMount(Fd root) {
        this.root = root;
    }

    /**
     * A second mount of what is at this path, as a bind mount ({@code open_tree(2)}); a symlink is followed.
     *
     * @param reach whether mounts below it come along
     */
    public static DetachedMount copyOf(Path path, Mounts.Reach reach) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long name = scratch.path(HostPath.bytesOf(path));
        return new DetachedMount(Fd.ofResult(
                Syscall.call(
                        scratch, Syscall.OPEN_TREE, Fd.CWD.number(), name, OPEN_TREE_CLONE | O.CLOEXEC | reach.flag()),
                "open_tree",
                path));
    }

    /**
     * A second mount of the directory that is open here ({@code O_PATH} included), without what is mounted below it.
     *
     * @throws ErrnoException EPERM without CAP_SYS_ADMIN; EINVAL where the mount isn't of this mount namespace, or must not be copied
     */
    public static DetachedMount copyOf(Fd directory) throws ErrnoException {
        Scratch scratch = Scratch.get();
        return new DetachedMount(Fd.ofResult(
                Syscall.call(
                        scratch,
                        Syscall.OPEN_TREE,
                        directory.number(),
                        scratch.emptyPath(),
                        OPEN_TREE_CLONE | O.CLOEXEC | AT_EMPTY_PATH),
                "open_tree",
                directory));
    }

    /** Its root directory, opened with {@code O_PATH}. It is all that there is to this object: closing either closes both. */
    public Fd root() {
        return root;
    }

    /**
     * Changes what the mount allows ({@code mount_setattr(2)}).
     *
     * @param set {@code MOUNT_ATTR_*} bits of {@link Mounts}
     * @param clear bits to take away, before the others are set
     */
    public void setAttributes(int set, int clear, Mounts.Reach reach) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Mounts.setAttributes(
                scratch, root.number(), scratch.emptyPath(), AT_EMPTY_PATH | reach.flag(), set, clear, 0, root);
    }

    /**
     * As {@link #setAttributes} of this mount alone, and what is mounted below its original from now on isn't seen below this one.
     *
     * @throws ErrnoException EPERM for an attribute that a less privileged user namespace must not change
     */
    public void makePrivate(int set, int clear) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Mounts.setAttributes(
                scratch, root.number(), scratch.emptyPath(), AT_EMPTY_PATH, set, clear, Mounts.MS_PRIVATE, root);
    }

    /**
     * Attaches it over an existing directory or file ({@code move_mount(2)}), of which a symlink as last component is not followed. It stays
     * when this object is closed.
     */
    public void attach(Path target) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long to = scratch.secondPath(HostPath.bytesOf(target));
        Syscall.check(
                Syscall.call(
                        scratch,
                        Syscall.MOVE_MOUNT,
                        root.number(),
                        scratch.emptyPath(),
                        Fd.CWD.number(),
                        to,
                        MOVE_MOUNT_F_EMPTY_PATH),
                "move_mount",
                target);
    }

    @Override
    public void close() {
        root.close();
    }
}
