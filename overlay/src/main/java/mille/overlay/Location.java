package mille.overlay;

import java.util.List;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.Name;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * Where a node's file can be reached right now: by a name in a directory, or by a descriptor of its own where it has no name. Closing it
 * lets go of the descriptor.
 */
final class Location implements AutoCloseable {
    private final Fd fd;
    private final @Nullable Name name;
    private final @Nullable SharedFd pinned;
    private final boolean upper;

    private Location(Fd fd, @Nullable Name name, @Nullable SharedFd pinned, boolean upper) {
        this.fd = fd;
        this.name = name;
        this.pinned = pinned;
        this.upper = upper;
    }

    /** A name in a directory; takes the directory over. */
    static Location named(SharedFd directory, Name name, boolean upper) {
        return new Location(directory.fd(), name, directory, upper);
    }

    /** A name beneath the root of a layer. */
    static Location beneath(Layer layer, Name path) {
        return new Location(layer.root(), path, null, layer.isUpper());
    }

    /** A name in the work directory. */
    static Location in(WorkDirectory work, Name name) {
        return at(work.fd(), name);
    }

    /** A name in a directory of the upper file system that stays open. */
    static Location at(Fd directory, Name name) {
        return new Location(directory, name, null, true);
    }

    /** A directory itself; takes it over. */
    static Location itself(SharedFd directory, boolean upper) {
        return new Location(directory.fd(), null, directory, upper);
    }

    /** What a descriptor keeps, for as long as the caller knows that it is open. */
    static Location of(Fd orphan, boolean upper) {
        return new Location(orphan, null, null, upper);
    }

    /** Whether it lies in the upper layer. */
    boolean isUpper() {
        return upper;
    }

    Stat stat() throws ErrnoException {
        return name == null ? Stat.of(fd) : Stat.at(fd, name);
    }

    /** @param flags of {@link O}; a symlink as last component is never followed */
    Fd open(int flags) throws ErrnoException {
        if (name == null) {
            return fd.reopen(flags & ~O.NOFOLLOW);
        }
        return fd.openAt(name, flags | O.NOFOLLOW);
    }

    byte[] readLink() throws ErrnoException {
        return name == null ? Names.readLink(fd) : Names.readLink(fd, name);
    }

    void setMode(int permissions) throws ErrnoException {
        if (name == null) {
            FileAttributes.setMode(fd, permissions);
        } else {
            FileAttributes.setMode(fd, name, permissions);
        }
    }

    void setOwner(int uid, int gid) throws ErrnoException {
        if (name == null) {
            FileAttributes.setOwner(fd, uid, gid);
        } else {
            FileAttributes.setOwner(fd, name, uid, gid);
        }
    }

    void setTimes(Stat.@Nullable Time accessed, Stat.@Nullable Time modified) throws ErrnoException {
        if (name == null) {
            FileAttributes.setTimes(fd, accessed, modified);
        } else {
            FileAttributes.setTimes(fd, name, accessed, modified);
        }
    }

    byte @Nullable [] xattr(XattrName attribute) throws ErrnoException {
        return name == null ? Xattrs.get(fd, attribute) : Xattrs.get(fd, name, attribute);
    }

    List<XattrName> xattrs() throws ErrnoException {
        return name == null ? Xattrs.list(fd) : Xattrs.list(fd, name);
    }

    void setXattr(XattrName attribute, byte[] value, int flags) throws ErrnoException {
        if (name == null) {
            Xattrs.set(fd, attribute, value, flags);
        } else {
            Xattrs.set(fd, name, attribute, value, flags);
        }
    }

    void removeXattr(XattrName attribute) throws ErrnoException {
        if (name == null) {
            Xattrs.remove(fd, attribute);
        } else {
            Xattrs.remove(fd, name, attribute);
        }
    }

    /** Gives the file one more name. */
    void linkTo(Fd directory, Name to) throws ErrnoException {
        if (name == null) {
            Names.linkOpenFile(fd, directory, to);
        } else {
            Names.link(fd, name, directory, to);
        }
    }

    @Override
    public void close() {
        if (pinned != null) {
            pinned.close();
        }
    }
}
