package mille.overlay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileName;
import mille.linux.Name;
import mille.linux.RelativePath;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/** Writes redirects on what is about to move while lower layers keep a part of it. The caller holds RENAME. */
final class Redirects {
    private final Union union;

    Redirects(Union union) {
        this.union = union;
    }

    /**
     * Before a move. A redirect that is there and still leads to the same place stays.
     *
     * @param moved a directory with lowers, or a copy of metadata alone
     * @param directory where it is in the upper layer, under {@code name}
     * @param sameDirectory whether it moves within its directory
     * @throws ErrnoException EXDEV where the path is too long for one
     */
    void beforeMove(Node moved, Fd directory, Name name, boolean sameDirectory) throws ErrnoException {
        // Another name of the same file may lie elsewhere, where a sibling's name means nothing.
        boolean nameIsEnough = sameDirectory && (moved.isDirectory() || moved.indexed() == null);
        Redirect now = Redirect.of(union, directory, name);
        if (now instanceof Redirect.Absolute || (now != null && nameIsEnough)) {
            return;
        }
        RelativePath below = pathBelow(moved, now);
        Redirect next = nameIsEnough ? new Redirect.Sibling(below.names().getLast()) : new Redirect.Absolute(below);
        byte[] value = next.value();
        if (value.length > Redirect.MAX_BYTES) {
            throw new ErrnoException(Errno.EXDEV, "a redirect of " + value.length + " bytes");
        }
        Xattrs.set(directory, name, union.xattrs().redirect(), value, 0);
    }

    /** Before a copy of metadata alone gets one more name, from which a sibling's name may mean nothing. */
    void beforeLink(Node linked, Location copy) throws ErrnoException {
        if (!linked.hasDataBelow()) {
            return;
        }
        byte[] now = copy.xattr(union.xattrs().redirect());
        if (now != null && now.length > 0 && now[0] == '/') {
            return;
        }
        Redirect own = now == null || now.length == 0 ? null : new Redirect.Sibling(FileName.of(now));
        Redirect next = new Redirect.Absolute(pathBelow(linked, own));
        byte[] value = next.value();
        if (value.length > Redirect.MAX_BYTES) {
            throw new ErrnoException(Errno.EXDEV, "a redirect of " + value.length + " bytes");
        }
        copy.setXattr(union.xattrs().redirect(), value, 0);
    }

    /**
     * The node's path as the layer right below the upper has it, which is where following a redirect begins. Only redirects of the upper
     * layer count: those of lower layers are followed on the way down.
     *
     * @param own the node's own redirect, as it is now
     */
    private RelativePath pathBelow(Node node, @Nullable Redirect own) throws ErrnoException {
        ArrayDeque<FileName> names = new ArrayDeque<>();
        Redirect redirect = own;
        for (Node.Position at = node.position(); at != null; at = at.parent().position()) {
            if (!names.isEmpty()) {
                try (SharedFd directory = union.directories().upper(at.parent())) {
                    redirect = Redirect.of(union, directory.fd(), at.name());
                }
            }
            if (redirect instanceof Redirect.Absolute absolute) {
                List<FileName> all = new ArrayList<>(absolute.path().names());
                all.addAll(names);
                return RelativePath.of(all);
            }
            names.addFirst(redirect instanceof Redirect.Sibling sibling ? sibling.name() : at.name());
        }
        return RelativePath.of(new ArrayList<>(names));
    }
}
