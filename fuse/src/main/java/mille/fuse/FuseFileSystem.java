package mille.fuse;

import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.FileSystemStat;

/**
 * A file system that the kernel asks by FUSE. Implement what yours can do: every other request is answered as the kernel expects of a file
 * system that can't, mostly ENOSYS, which it remembers where that saves it from asking again.
 *
 * <p><b>Calls.</b> Each request is one call, made by one of the session's workers; several come at a time. Request and reply are views of
 * that worker's buffers and mean nothing once the handler has returned: copy what you keep. A handler fills the reply and returns, or says
 * {@link Reply#fail}, or throws {@link ErrnoException}, which is answered by its errno. Anything else that is thrown is logged with the
 * request and answered EIO; the worker goes on.
 *
 * <p><b>Nodes.</b> The kernel knows files by node ids that the file system chooses; {@link Request#ROOT_NODE} is the root. Each entry that a
 * reply carries (LOOKUP and all that make something, READDIRPLUS too) counts as one lookup of its node; {@link #forget} takes lookups back,
 * and at none left the kernel will not name the node again. Nodes may be forgotten long after their last name has gone, and aren't
 * forgotten at all where the mount ends first.
 *
 * <p><b>Rights.</b> With the mount option {@code default_permissions} the kernel checks modes before it asks; without it every check is the
 * file system's.
 */
public interface FuseFileSystem {

    /** Called once, before any other method: what kernel and server agreed on, and the way to tell the kernel of changes. */
    default void connected(FuseConnection connection) throws ErrnoException {}

    /** Called by each worker thread before its first request: the place to give it a umask or credentials of its own. */
    default void workerStarted() throws ErrnoException {}

    /** Called once, after the last request: the file system was unmounted, or the connection aborted. */
    default void disconnected() {}

    /** Finds a name in a directory. */
    default void lookup(Request.Named request, Reply.Entry reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** The directory {@link Request#nodeId} itself, which the kernel knows by a file handle alone (with EXPORT_SUPPORT). */
    default void lookupSelf(Request request, Reply.Entry reply) throws ErrnoException {
        reply.fail(Errno.ESTALE);
    }

    /** The parent of the directory {@link Request#nodeId} (with EXPORT_SUPPORT). */
    default void lookupParent(Request request, Reply.Entry reply) throws ErrnoException {
        reply.fail(Errno.ESTALE);
    }

    /** The kernel gives back this many lookups of a node. Nothing is answered. */
    default void forget(long nodeId, long lookups) {}

    default void getAttributes(Request.AttributeQuery request, Reply.Attributes reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** Asked where a caller of {@code statx(2)} wants the time of birth. */
    default void statx(Request.AttributeQuery request, Reply.Statx reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** Changes mode, owner, size and times, any of them at once; answers the attributes as they are afterwards. */
    default void setAttributes(Request.SetAttributes request, Reply.Attributes reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void readLink(Request request, Reply.Data reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void symlink(Request.Symlink request, Reply.Entry reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void makeNode(Request.MakeNode request, Reply.Entry reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void makeDirectory(Request.MakeDirectory request, Reply.Entry reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void unlink(Request.Named request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void removeDirectory(Request.Named request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void rename(Request.Rename request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void link(Request.Link request, Reply.Entry reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** ENOSYS here means that the kernel opens files by itself from now on: no OPEN, no RELEASE, all handles 0. */
    default void open(Request.Open request, Reply.Open reply) throws ErrnoException {
        reply.opened(0, 0);
    }

    /** ENOSYS makes the kernel use MKNOD and OPEN from now on. */
    default void create(Request.Create request, Reply.Created reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** An unnamed file in the directory {@link Request#nodeId} ({@code O_TMPFILE}), which LINK may give a name. */
    default void createUnnamed(Request.Create request, Reply.Created reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void read(FileRequest.Read request, Reply.Data reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void write(FileRequest.Write request, Reply.Written reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void statfs(Request request, Reply.Statfs reply) throws ErrnoException {
        reply.put(new FileSystemStat(FileSystemStat.FUSE_MAGIC, 4096, 0, 0, 0, 0, 0, 255, 4096, 0));
    }

    /** A descriptor of an open file was closed: errors of earlier writes can be told now. ENOSYS: don't ask again. */
    default void flush(FileRequest.Release request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** An open file is gone. Nobody sees an error. */
    default void release(FileRequest.Release request, Reply reply) throws ErrnoException {}

    /** ENOSYS: there is nothing that isn't durable already; don't ask again. */
    default void sync(FileRequest.Sync request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** ENOSYS as for {@link #open}. */
    default void openDirectory(Request.Open request, Reply.Open reply) throws ErrnoException {
        reply.opened(0, 0);
    }

    default void readDirectory(FileRequest.Read request, DirectoryReply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** Asked in place of {@link #readDirectory} where DO_READDIRPLUS was agreed on. */
    default void readDirectoryPlus(FileRequest.Read request, DirectoryReply.Plus reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void releaseDirectory(FileRequest.Release request, Reply reply) throws ErrnoException {}

    default void syncDirectory(FileRequest.Sync request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void setXattr(Request.SetXattr request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void getXattr(Request.GetXattr request, Reply.Xattr reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** The request's name says nothing here. */
    default void listXattrs(Request.GetXattr request, Reply.Xattr reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void removeXattr(Request.RemoveXattr request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** {@code access(2)} and {@code chdir(2)}, without {@code default_permissions}. ENOSYS: all may, don't ask again. */
    default void access(Request.Access request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** Whether a lock could be had (with POSIX_LOCKS). */
    default void getLock(FileRequest.Lock request, Reply.Lock reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** Takes or gives back a lock without waiting: EAGAIN where somebody is in the way. */
    default void setLock(FileRequest.Lock request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** Takes a lock and waits for it: don't wait in the handler, which would keep a worker from serving the unlock. */
    default void setLockWaiting(FileRequest.Lock request, Reply.Later reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** Which block of the device a block of the file lies in (for file systems on a block device). */
    default void bmap(Request.Bmap request, Reply.Position reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** Commands whose number tells direction and size. */
    default void ioctl(FileRequest.Ioctl request, Reply.Ioctl reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** ENOSYS: always ready. */
    default void poll(FileRequest.Poll request, Reply.Poll reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    default void allocate(FileRequest.Allocate request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** The next data or hole. ENOSYS: files have no holes. */
    default void seek(FileRequest.Seek request, Reply.Position reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** ENOSYS: the caller copies by reading and writing. */
    default void copyRange(FileRequest.CopyRange request, Reply.Written reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }

    /** {@code syncfs(2)}. */
    default void syncFileSystem(Request request, Reply reply) throws ErrnoException {
        reply.fail(Errno.ENOSYS);
    }
}
