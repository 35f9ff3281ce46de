package mille.linux;

import java.lang.foreign.Arena;
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
    public static final long MS_NOATIME = 1024;
    public static final long MS_NODIRATIME = 2048;
    public static final long MS_BIND = 4096;
    public static final long MS_REC = 16384;
    public static final long MS_PRIVATE = 1 << 18;
    public static final long MS_RELATIME = 1 << 21;
    public static final long MS_STRICTATIME = 1 << 24;

    /** {@code umount2(2)}: abort what is under way. */
    public static final int MNT_FORCE = 1;

    /** {@code umount2(2)}: out of sight now, gone when the last user is. */
    public static final int MNT_DETACH = 2;

    private static final int UMOUNT_NOFOLLOW = 8;

    private Mounts() {}

    /**
     * {@code mount(2)}.
     *
     * @param data options as the file system takes them, at most a page
     */
    public static void mount(String source, Path target, String type, long flags, String data) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            Scratch scratch = Scratch.get();
            Syscall.check(
                    Syscall.call(
                            scratch,
                            Syscall.MOUNT,
                            arena.allocateFrom(source).address(),
                            scratch.path(HostPath.bytesOf(target)),
                            arena.allocateFrom(type).address(),
                            flags,
                            arena.allocateFrom(data).address()),
                    "mount",
                    target);
        }
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
}
