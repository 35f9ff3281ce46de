package mille.overlay;

import java.nio.charset.StandardCharsets;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.Ioctl;
import mille.linux.O;
import mille.linux.Stat;
import mille.linux.XattrName;
import org.jspecify.annotations.Nullable;

/**
 * The flags that {@code chattr(1)} sets. Those that forbid changes ({@code +i}, {@code +a}) can't be set on the upper layer's file, since
 * the overlay itself has to go on changing it: as with the kernel's overlay they stand in {@code overlay.protattr}, and are enforced here.
 * All others are the file's own.
 */
final class FileFlags {
    /** {@code FS_IOC_GETFLAGS} and its kin. */
    static final int GET_FLAGS = 0x80086601;

    static final int SET_FLAGS = 0x40086602;
    static final int GET_EXTENDED = 0x801c581f;
    static final int SET_EXTENDED = 0x401c5820;

    static final int FLAGS_BYTES = 4;

    /** {@code struct fsxattr}: its flags come first. */
    static final int EXTENDED_BYTES = 28;

    /** {@code FS_IMMUTABLE_FL}; {@code STATX_ATTR_IMMUTABLE} is the same bit. */
    static final int IMMUTABLE = 0x10;

    /** {@code FS_APPEND_FL}; {@code STATX_ATTR_APPEND} is the same bit. */
    static final int APPEND = 0x20;

    /** {@code FS_XFLAG_IMMUTABLE} and {@code FS_XFLAG_APPEND}. */
    private static final int EXTENDED_IMMUTABLE = 0x8;

    private static final int EXTENDED_APPEND = 0x10;
    private static final int PROTECTING = IMMUTABLE | APPEND;

    /** {@code FS_SYNC_FL} and {@code FS_NOATIME_FL}: those that a copy keeps. */
    private static final int COPIED = 0x8 | 0x80;

    private final Union union;
    private final CopyUp copyUp;
    private final XattrName attribute;

    FileFlags(Union union, CopyUp copyUp) {
        this.union = union;
        this.copyUp = copyUp;
        this.attribute = union.xattrs().named("protattr");
    }

    /** {@link #IMMUTABLE} and {@link #APPEND}, as far as they are set. The caller holds no lock. */
    int protection(Node node) throws ErrnoException {
        int known = node.protection();
        if (known >= 0) {
            return known;
        }
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            int found = ofStat(at.stat()) | (at.isUpper() ? ofAttribute(at.xattr(attribute)) : 0);
            node.setProtection(found);
            return found;
        }
    }

    /** What the layer's file system says. */
    static int ofStat(Stat stat) {
        return (int) stat.attributes() & PROTECTING;
    }

    private static int ofAttribute(byte @Nullable [] value) {
        String letters = value == null ? "" : new String(value, StandardCharsets.US_ASCII);
        return (letters.contains("i") ? IMMUTABLE : 0) | (letters.contains("a") ? APPEND : 0);
    }

    /** Before attributes change, or a name is given or taken. */
    void requireChangeable(Node node) throws ErrnoException {
        if (protection(node) != 0) {
            throw new ErrnoException(Errno.EPERM, "change of a protected file");
        }
    }

    /** Before something is made in a directory, or data are written at a file's end. */
    void requireMutable(Node node) throws ErrnoException {
        if ((protection(node) & IMMUTABLE) != 0) {
            throw new ErrnoException(Errno.EPERM, "change of an immutable file");
        }
    }

    /** @param flags of {@link O} */
    void requireOpen(Node node, int flags) throws ErrnoException {
        boolean writes = (flags & O.ACCMODE) != O.RDONLY || (flags & O.TRUNC) != 0;
        if (writes && node.isRegular()) {
            boolean appends = (flags & (O.APPEND | O.TRUNC)) == O.APPEND;
            if (appends) {
                requireMutable(node);
            } else {
                requireChangeable(node);
            }
        }
    }

    /**
     * @param command one of the two that get
     * @return what it gives, in as many bytes as it takes
     * @throws ErrnoException ENOTTY where the layer's file system has no flags
     */
    byte[] get(Node node, int command) throws ErrnoException {
        int protection = protection(node);
        byte[] own;
        try (Fd file = open(node)) {
            own = call(file, command, new byte[command == GET_FLAGS ? FLAGS_BYTES : EXTENDED_BYTES]);
        }
        own[0] |= (byte) (command == GET_FLAGS ? protection : extended(protection));
        return own;
    }

    /**
     * @param command one of the two that set
     * @param value what it takes, in as many bytes
     * @return nothing
     */
    byte[] set(Node node, int command, byte[] value) throws ErrnoException {
        if (value.length != (command == SET_FLAGS ? FLAGS_BYTES : EXTENDED_BYTES)) {
            throw new ErrnoException(Errno.EINVAL, "ioctl with " + value.length + " bytes");
        }
        union.writable();
        copyUp.ensure(node, CopyUp.Data.STAYS_BELOW);
        int mask = command == SET_FLAGS ? PROTECTING : EXTENDED_IMMUTABLE | EXTENDED_APPEND;
        int wanted = value[0] & mask;
        int protection = command == SET_FLAGS
                ? wanted
                : ((wanted & EXTENDED_IMMUTABLE) != 0 ? IMMUTABLE : 0) | ((wanted & EXTENDED_APPEND) != 0 ? APPEND : 0);
        byte[] rest = value.clone();
        rest[0] &= (byte) ~mask;
        try (Fd file = open(node)) {
            call(file, command, rest);
        }
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).exclusive();
                Location at = union.locate(node)) {
            if (protection != 0) {
                at.setXattr(attribute, letters(protection), 0);
            } else if (at.xattr(attribute) != null) {
                at.removeXattr(attribute);
            }
            node.setProtection(protection);
        }
        return new byte[0];
    }

    private static int extended(int protection) {
        return ((protection & IMMUTABLE) != 0 ? EXTENDED_IMMUTABLE : 0)
                | ((protection & APPEND) != 0 ? EXTENDED_APPEND : 0);
    }

    private static byte[] letters(int protection) {
        return (((protection & APPEND) != 0 ? "a" : "") + ((protection & IMMUTABLE) != 0 ? "i" : ""))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private Fd open(Node node) throws ErrnoException {
        try (var _ = union.locks().rename().shared();
                var _ = union.locks().node(node).shared();
                Location at = union.locate(node)) {
            return at.open(O.RDONLY | O.NONBLOCK);
        }
    }

    /** The answer is written over the argument. */
    private static byte[] call(Fd file, int command, byte[] argument) throws ErrnoException {
        Ioctl.call(file, command, argument);
        return argument;
    }

    /**
     * Gives a copy the flags that it is to have of a lower file.
     *
     * @param stat of the lower file
     */
    static void copy(OverlayXattr xattrs, Location to, Stat stat) throws ErrnoException {
        int protection = ofStat(stat);
        if (protection != 0) {
            to.setXattr(xattrs.named("protattr"), letters(protection), 0);
        }
    }

    /** The same for flags that forbid nothing, of a regular file that is open. */
    static void copyOthers(Fd from, Fd to) throws ErrnoException {
        try {
            byte[] flags = call(from, GET_FLAGS, new byte[FLAGS_BYTES]);
            if ((flags[0] & COPIED) != 0) {
                byte[] own = call(to, GET_FLAGS, new byte[FLAGS_BYTES]);
                own[0] |= (byte) (flags[0] & COPIED);
                call(to, SET_FLAGS, own);
            }
        } catch (ErrnoException e) {
            switch (e.errno()) {
                case ENOTTY, EOPNOTSUPP, EINVAL, ENOSYS -> {} // a file system without flags
                default -> throw e;
            }
        }
    }
}
