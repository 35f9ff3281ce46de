package mille.overlay;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/**
 * Owner, mode and device number of a layer's files where an attribute of each file has them rather than its inode: {@code
 * xattr_permissions} of fuse-overlayfs, and {@code force_mask} of containers/storage. Nobody needs a privilege to write such a layer.
 *
 * <p>The value is {@code UID:GID:MODE}, the mode in octal digits, and may end in the type of file that a regular file stands for: {@code
 * :pipe}, {@code :socket}, {@code :block-MAJOR-MINOR}, {@code :char-MAJOR-MINOR}. A layer is of this kind when its root has the attribute. A file
 * without one is what its inode says.
 */
final class OverrideStat {
    private static final XattrName SECURITY = XattrName.of("security.fuseoverlayfs.override_stat");
    private static final XattrName CONTAINERS = XattrName.of("user.containers.override_stat");
    private static final XattrName USER = XattrName.of("user.fuseoverlayfs.override_stat");

    /** In the order in which they count where a root has several. */
    private static final List<XattrName> ALL = List.of(SECURITY, CONTAINERS, USER);

    private static final Pattern VALUE =
            Pattern.compile("(\\d{1,10}):(\\d{1,10}):([0-7]{1,7})(:(\\w+)(?:-(\\d{1,9})-(\\d{1,9}))?)?");
    private static final int TYPE_GROUP = 5;

    private final XattrName name;

    private OverrideStat(XattrName name) {
        this.name = name;
    }

    /** Whether this is one of the attributes, in whatever layer. */
    static boolean isOne(XattrName attribute) {
        return ALL.contains(attribute);
    }

    /** What a lower layer's root says of it; null for a layer that has all in its inodes. */
    static @Nullable OverrideStat ofLower(Fd root) throws ErrnoException {
        for (XattrName name : ALL) {
            if (Xattrs.get(root, name) != null) {
                return new OverrideStat(name);
            }
        }
        return null;
    }

    /**
     * For an upper layer, whose root gets the attribute if it has none yet.
     *
     * @return null for {@link Owners.Keeping#INODES}
     * @throws ErrnoException EINVAL where the root has the attribute of another way of keeping owners
     */
    static @Nullable OverrideStat ofUpper(Fd root, Owners.Keeping keeping, boolean readOnly) throws ErrnoException {
        if (keeping == Owners.Keeping.INODES) {
            return null;
        }
        OverrideStat found = ofLower(root);
        boolean isSecurity = keeping == Owners.Keeping.SECURITY_XATTR;
        if (found != null && found.name.equals(SECURITY) != isSecurity) {
            throw new ErrnoException(Errno.EINVAL, found.name + " on the root");
        }
        if (found == null && !readOnly) {
            found = new OverrideStat(isSecurity ? SECURITY : CONTAINERS);
            Stat stat = Stat.of(root);
            found.write(Location.of(root, true), stat, stat.uid(), stat.gid(), stat.permissions());
        }
        return found;
    }

    /** What a file is to be taken for. */
    Stat seen(Stat raw, byte @Nullable [] value) {
        if (value == null) {
            return raw;
        }
        Matcher parts = VALUE.matcher(new String(value, StandardCharsets.ISO_8859_1));
        if (!parts.matches()) {
            return raw;
        }
        int uid = (int) Long.parseLong(parts.group(1));
        int gid = (int) Long.parseLong(parts.group(2));
        int permissions = Integer.parseInt(parts.group(3), 8) & 07777;
        int type = raw.isRegular() ? type(parts.group(TYPE_GROUP)) : raw.type();
        long device = raw.rdevice();
        if ((type == Stat.S_IFBLK || type == Stat.S_IFCHR) && raw.isRegular()) {
            if (parts.group(TYPE_GROUP + 1) == null) {
                return raw;
            }
            device = Stat.makeDevice(
                    Integer.parseInt(parts.group(TYPE_GROUP + 1)), Integer.parseInt(parts.group(TYPE_GROUP + 2)));
        }
        return raw.ownedBy(uid, gid).ofKind(type | permissions, device);
    }

    /** Types with data of their own are never stood for by a file of another type. */
    private static int type(@Nullable String word) {
        return switch (word == null ? "" : word) {
            case "pipe" -> Stat.S_IFIFO;
            case "socket" -> Stat.S_IFSOCK;
            case "block" -> Stat.S_IFBLK;
            case "char" -> Stat.S_IFCHR;
            default -> Stat.S_IFREG;
        };
    }

    Stat seen(Location at) throws ErrnoException {
        return seen(at.stat(), at.xattr(name));
    }

    XattrName name() {
        return name;
    }

    /** As {@code chown(2)}, which takes set-id bits and capabilities away. */
    void setOwner(Location at, int uid, int gid) throws ErrnoException {
        Stat seen = seen(at);
        int permissions = seen.permissions();
        if (!seen.isDirectory()) {
            permissions &= ~Stat.S_ISUID;
            permissions &= (permissions & 010) != 0 ? ~Stat.S_ISGID : -1;
            if (at.xattr(Attributes.CAPABILITY) != null) {
                at.removeXattr(Attributes.CAPABILITY);
            }
        }
        write(at, seen, uid == -1 ? seen.uid() : uid, gid == -1 ? seen.gid() : gid, permissions);
    }

    /** As {@code chmod(2)}. A list of the file is kept by its inode, and so is then the mode that belongs to it. */
    void setMode(Location at, int permissions) throws ErrnoException {
        if (at.xattr(PosixAcl.ACCESS) != null) {
            at.setMode(permissions & 0777);
        }
        Stat seen = seen(at);
        write(at, seen, seen.uid(), seen.gid(), permissions);
    }

    private void write(Location at, Stat seen, int uid, int gid, int permissions) throws ErrnoException {
        String value = Integer.toUnsignedString(uid)
                + ':'
                + Integer.toUnsignedString(gid)
                + ':'
                + String.format("%04o", permissions)
                + suffix(seen);
        try {
            at.setXattr(name, value.getBytes(StandardCharsets.US_ASCII), 0);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EPERM) {
                throw e;
            }
            // Nothing but regular files and directories has attributes of the class user.
            at.setOwner(uid, gid);
            if (!seen.isSymlink()) {
                at.setMode(permissions);
            }
        }
    }

    /** A device, pipe or socket of its own says by its inode what it is, too; it does no harm to repeat it. */
    private static String suffix(Stat seen) {
        String numbers = "-" + Stat.major(seen.rdevice()) + "-" + Stat.minor(seen.rdevice());
        return switch (seen.type()) {
            case Stat.S_IFIFO -> ":pipe";
            case Stat.S_IFSOCK -> ":socket";
            case Stat.S_IFBLK -> ":block" + numbers;
            case Stat.S_IFCHR -> ":char" + numbers;
            default -> "";
        };
    }
}
