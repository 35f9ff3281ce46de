package mille.engine.layer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * A layer's directory while it is being filled: names, directories and marks. All is reached from its root's descriptor, by names or by walks
 * that follow no symlink and lead nowhere outside.
 *
 * <p>Not for several threads.
 */
final class LayerTree implements AutoCloseable {
    private static final XattrName OPAQUE = XattrName.of("trusted.overlay.opaque");
    static final XattrName DEFAULT_ACL = XattrName.of("system.posix_acl_default");
    private static final byte[] YES = {'y'};
    private static final int IMPLICIT_MODE = 0755;

    private final Fd root;

    /** Made to hold something, without an entry of their own so far; parents first. */
    private final Set<RelativePath> implicit = new LinkedHashSet<>();

    /** Hidden in the layers below: a directory of such a name starts empty. */
    private final Set<RelativePath> whitedOut = new HashSet<>();

    /** What entries of directories ask for. Set last, when nothing is put into them any more. */
    private final Map<RelativePath, Stat.Time> times = new LinkedHashMap<>();

    private final Map<RelativePath, byte[]> defaultAcls = new LinkedHashMap<>();

    private boolean hidesAllBelow;

    /** The directory that the last entry was in, where most next ones are too. */
    private @Nullable Fd current;

    private RelativePath currentPath = RelativePath.EMPTY;

    LayerTree(Fd root) {
        this.root = root;
        implicit.add(RelativePath.EMPTY);
    }

    List<RelativePath> implicitDirectories() {
        return new ArrayList<>(implicit);
    }

    /**
     * The directory of that path, made where it is missing. It stays the tree's to close, at the next call of this method.
     *
     * @throws EngineException INVALID where something else is in the way
     */
    Fd directory(RelativePath path) throws IOException {
        Fd last = current;
        if (last != null && path.equals(currentPath)) {
            return last;
        }
        leaveDirectory();
        Fd opened = openOrMake(path);
        current = opened;
        currentPath = path;
        return opened;
    }

    private void leaveDirectory() {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    private Fd openOrMake(RelativePath path) throws IOException {
        try {
            return open(path);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP) {
                throw e;
            }
        }
        RelativePath at = RelativePath.EMPTY;
        for (FileName name : path.names()) {
            try (Fd parent = open(at)) {
                at = at.resolve(name);
                Stat there = Stat.atOrNull(parent, name);
                if (there != null && isWhiteout(there)) {
                    Names.unlink(parent, name);
                    there = null;
                }
                if (there == null) {
                    makeDirectory(parent, name, at);
                    implicit.add(at);
                } else if (there.isSymlink()) {
                    throw new EngineException(Reason.INVALID, "the symbolic link /" + at + " is on its way");
                } else if (!there.isDirectory()) {
                    throw new EngineException(Reason.INVALID, "/" + at + " is no directory");
                }
            }
        }
        return open(path);
    }

    private Fd open(RelativePath path) throws ErrnoException {
        return root.openBeneath(path, O.RDONLY | O.DIRECTORY);
    }

    private void makeDirectory(Fd parent, FileName name, RelativePath path) throws ErrnoException {
        Names.makeDirectory(parent, name, IMPLICIT_MODE);
        FileAttributes.setOwner(parent, name, 0, 0); // whatever the parent's set-group-id bit gave
        FileAttributes.setMode(parent, name, IMPLICIT_MODE); // whatever the umask took
        if (whitedOut.contains(path)) {
            markOpaque(parent, name);
        }
    }

    /**
     * The directory that an entry of its own puts there, the caller's to close. A file that has the name goes; a directory stays, without the
     * attributes that an earlier entry gave it.
     */
    Fd placeDirectory(Fd parent, FileName name, RelativePath path, Stat.Time modified) throws IOException {
        Stat there = Stat.atOrNull(parent, name);
        if (there != null && !there.isDirectory()) {
            Names.unlink(parent, name);
            there = null;
        }
        if (there == null) {
            makeDirectory(parent, name, path);
        }
        implicit.remove(path);
        times.put(path, modified);
        defaultAcls.remove(path);
        Fd directory = parent.openAt(name, O.RDONLY | O.DIRECTORY | O.NOFOLLOW);
        if (there != null) {
            dropAttributes(directory);
        }
        return directory;
    }

    private static void dropAttributes(Fd directory) throws ErrnoException {
        for (XattrName attribute : Xattrs.list(directory)) {
            if (!DirectoryAttributes.isOverlays(attribute)) {
                Xattrs.remove(directory, attribute);
            }
        }
    }

    /** The root has an entry of its own. */
    Fd placeRoot(Stat.Time modified) throws ErrnoException {
        implicit.remove(RelativePath.EMPTY);
        times.put(RelativePath.EMPTY, modified);
        return root.duplicate();
    }

    /** For later: what is put into the directory meanwhile must not inherit it. */
    void deferDefaultAcl(RelativePath path, byte[] acl) {
        defaultAcls.put(path, acl);
    }

    /** Gives directories what would change by putting something into them, or change that. */
    void finishDirectories() throws ErrnoException {
        for (var entry : defaultAcls.entrySet()) {
            try (Fd directory = open(entry.getKey())) {
                Xattrs.set(directory, DEFAULT_ACL, entry.getValue(), 0);
            }
        }
        for (var entry : times.entrySet()) {
            try (Fd directory = open(entry.getKey())) {
                FileAttributes.setTimes(directory, entry.getValue(), entry.getValue());
            }
        }
    }

    /** Takes away what has the name, so that something other than a directory can have it. */
    void makeRoom(Fd parent, FileName name, RelativePath path) throws ErrnoException {
        Stat there = Stat.atOrNull(parent, name);
        if (there == null) {
            return;
        }
        if (there.isDirectory()) {
            TreeRemoval.remove(parent, name);
            implicit.removeIf(made -> isAtOrBelow(made, path));
            defaultAcls.keySet().removeIf(placed -> isAtOrBelow(placed, path));
            times.keySet().removeIf(placed -> isAtOrBelow(placed, path));
            whitedOut.removeIf(hidden -> !hidden.equals(path) && isAtOrBelow(hidden, path));
        } else {
            Names.unlink(parent, name);
        }
    }

    private static boolean isAtOrBelow(RelativePath path, RelativePath directory) {
        byte[] start = directory.bytes();
        byte[] whole = path.bytes();
        return path.equals(directory)
                || (whole.length > start.length
                        && whole[start.length] == '/'
                        && Arrays.equals(whole, 0, start.length, start, 0, start.length));
    }

    /** Hides what lower layers have there. What this layer has there stays: a whiteout never hides its own layer's files. */
    void whiteOut(Fd parent, FileName name, RelativePath path) throws ErrnoException {
        whitedOut.add(path);
        Stat there = Stat.atOrNull(parent, name);
        if (there == null) {
            Names.makeNode(parent, name, Stat.S_IFCHR, 0);
        } else if (there.isDirectory()) {
            markOpaque(parent, name);
        }
    }

    /** Hides all that lower layers have in the directory of that path. */
    void hideBelow(RelativePath path) throws IOException {
        if (path.isEmpty()) {
            hidesAllBelow = true;
        } else {
            markOpaque(directory(path));
        }
    }

    boolean hidesAllBelow() {
        return hidesAllBelow;
    }

    static void markOpaque(Fd directory) throws ErrnoException {
        Xattrs.set(directory, OPAQUE, YES, 0);
    }

    private static void markOpaque(Fd parent, FileName name) throws ErrnoException {
        Xattrs.set(parent, name, OPAQUE, YES, 0);
    }

    static boolean isWhiteout(Stat stat) {
        return stat.isCharacterDevice() && stat.rdevice() == 0;
    }

    /**
     * Makes a file of this layer have one more name.
     *
     * @throws EngineException INVALID where this layer has no such file
     */
    void link(RelativePath target, Fd parent, FileName name, RelativePath path) throws IOException {
        if (target.equals(path)) {
            return;
        }
        List<FileName> names = target.names();
        try (Fd targetParent = open(RelativePath.of(names.subList(0, names.size() - 1)))) {
            Stat file = Stat.atOrNull(targetParent, names.getLast());
            if (file == null || isWhiteout(file)) {
                throw new EngineException(
                        Reason.INVALID, "its hard link's target /" + target + " is not in this layer");
            }
            if (file.isDirectory()) {
                throw new EngineException(Reason.INVALID, "its hard link's target /" + target + " is a directory");
            }
            makeRoom(parent, name, path);
            Names.link(targetParent, names.getLast(), parent, name);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
                throw new EngineException(
                        Reason.INVALID, "its hard link's target /" + target + " is not in this layer", e);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        leaveDirectory();
    }
}
