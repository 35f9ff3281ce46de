package mille.linux;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Attaching and detaching file systems. */
public final class Mounts {
    public static final long MS_RDONLY = 1;
    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final long MS_NOEXEC = 8;
    public static final long MS_SYNCHRONOUS = 16;
    public static final long MS_REMOUNT = 32;
    public static final long MS_DIRSYNC = 128;
    public static final long MS_NOSYMFOLLOW = 256;
    public static final long MS_NOATIME = 1024;
    public static final long MS_NODIRATIME = 2048;
    public static final long MS_BIND = 4096;
    public static final long MS_REC = 16384;
    public static final long MS_PRIVATE = 1 << 18;
    public static final long MS_SLAVE = 1 << 19;
    public static final long MS_SHARED = 1 << 20;
    public static final long MS_RELATIME = 1 << 21;
    public static final long MS_STRICTATIME = 1 << 24;

    /** {@code umount2(2)}: abort what is under way. */
    public static final int MNT_FORCE = 1;

    /** {@code umount2(2)}: out of sight now, gone when the last user is. */
    public static final int MNT_DETACH = 2;

    /** {@code mount_setattr(2)}, {@code fsmount(2)}: the same as {@link #MS_RDONLY} and so on, in the numbers of the new mount API. */
    public static final int MOUNT_ATTR_RDONLY = 0x1;

    public static final int MOUNT_ATTR_NOSUID = 0x2;
    public static final int MOUNT_ATTR_NODEV = 0x4;
    public static final int MOUNT_ATTR_NOEXEC = 0x8;

    /** All bits of the choice between relatime (0), noatime and strictatime: clear them to change it. */
    public static final int MOUNT_ATTR__ATIME = 0x70;

    public static final int MOUNT_ATTR_NOATIME = 0x10;
    public static final int MOUNT_ATTR_STRICTATIME = 0x20;
    public static final int MOUNT_ATTR_NODIRATIME = 0x80;
    public static final int MOUNT_ATTR_NOSYMFOLLOW = 0x200000;

    static final int UMOUNT_NOFOLLOW = 8;
    static final int AT_RECURSIVE = 0x8000;
    static final int ATTR_SET = 0;
    static final int ATTR_CLEAR = 8;
    static final int ATTR_PROPAGATION = 16;
    static final int ATTR_USER_NAMESPACE = 24;
    static final int MOUNT_ATTR_BYTES = 32;

    /** How far a call reaches. */
    public enum Reach {
        /** One mount. */
        MOUNT(0),
        /** A mount and all below it. */
        SUBTREE(AT_RECURSIVE);

        private final int flag;

        Reach(int flag) {
            this.flag = flag;
        }

        int flag() {
            return flag;
        }
    }

    private Mounts() {}

    /**
     * {@code mount(2)}.
     *
     * @param data options as the file system takes them, at most a page
     */
    public static void mount(String source, Path target, String type, long flags, String data) throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer[] texts = {text(source), text(type), text(data)};
        try {
            long path = scratch.path(HostPath.bytesOf(target));
            long result = Syscall.call(
                    scratch, Syscall.MOUNT, texts[0].address(), path, texts[1].address(), flags, texts[2].address());
            Syscall.check(result, "mount", target);
        } finally {
            Reference.reachabilityFence(texts);
        }
    }

    private static NativeBuffer text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        NativeBuffer ended = NativeBuffer.allocate(bytes.length + 1L);
        ended.putBytes(0, bytes, 0, bytes.length);
        return ended;
    }

    /**
     * {@code umount2(2)}; a symlink as target is not followed.
     *
     * @param flags 0, or {@code MNT_*} bits
     */
    public static void unmount(Path target, int flags) throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(
                Syscall.call(scratch, Syscall.UMOUNT2, scratch.path(HostPath.bytesOf(target)), flags | UMOUNT_NOFOLLOW),
                "umount",
                target);
    }

    /**
     * Says whether what is mounted and unmounted below this mount is seen elsewhere ({@code mount_setattr(2)}).
     *
     * @param propagation {@link #MS_PRIVATE}, {@link #MS_SHARED} or {@link #MS_SLAVE}
     */
    public static void setPropagation(Path mountPoint, long propagation, Reach reach) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long path = scratch.path(HostPath.bytesOf(mountPoint));
        setAttributes(scratch, Fd.CWD.number(), path, reach.flag(), 0, 0, propagation, mountPoint);
    }

    /**
     * Changes what an attached mount allows ({@code mount_setattr(2)}).
     *
     * @param set {@code MOUNT_ATTR_*} bits
     * @param clear bits to take away, before the others are set
     */
    public static void setAttributes(Path mountPoint, int set, int clear, Reach reach) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long path = scratch.path(HostPath.bytesOf(mountPoint));
        setAttributes(scratch, Fd.CWD.number(), path, reach.flag(), set, clear, 0, mountPoint);
    }

    static void setAttributes(
            Scratch scratch, int directory, long path, int flags, int set, int clear, long propagation, Object subject)
            throws ErrnoException {
        var attributes = scratch.struct;
        attributes.putLong(ATTR_SET, set);
        attributes.putLong(ATTR_CLEAR, clear);
        attributes.putLong(ATTR_PROPAGATION, propagation);
        attributes.putLong(ATTR_USER_NAMESPACE, 0); // userns_fd: used with MOUNT_ATTR_IDMAP alone
        Syscall.check(
                Syscall.call(
                        scratch, Syscall.MOUNT_SETATTR, directory, path, flags, attributes.address(), MOUNT_ATTR_BYTES),
                "mount_setattr",
                subject);
    }
}
