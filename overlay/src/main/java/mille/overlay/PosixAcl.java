package mille.overlay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import mille.linux.XattrName;
import org.jspecify.annotations.Nullable;

/**
 * An access control list as its extended attribute stores it ({@code linux/posix_acl_xattr.h}: version 2, entries of tag, permissions and
 * id), and what a new file inherits from its directory's default one ({@code acl(5)}, "Object creation and default ACLs").
 */
final class PosixAcl {
    static final XattrName ACCESS = XattrName.of("system.posix_acl_access");
    static final XattrName DEFAULT = XattrName.of("system.posix_acl_default");

    private static final int VERSION = 2;
    private static final int ENTRY_BYTES = 8;
    private static final int USER_OBJ = 0x01;
    private static final int USER = 0x02;
    private static final int GROUP_OBJ = 0x04;
    private static final int GROUP = 0x08;
    private static final int MASK = 0x10;
    private static final int OTHER = 0x20;

    private record AclEntry(int tag, int permissions, int id) {}

    private final List<AclEntry> entries;

    private PosixAcl(List<AclEntry> entries) {
        this.entries = entries;
    }

    /** Null where the bytes are no list of the version that we know. */
    static @Nullable PosixAcl parse(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (value.length < 4 || (value.length - 4) % ENTRY_BYTES != 0 || buffer.getInt() != VERSION) {
            return null;
        }
        List<AclEntry> entries = new ArrayList<>();
        while (buffer.hasRemaining()) {
            entries.add(new AclEntry(buffer.getShort(), buffer.getShort(), buffer.getInt()));
        }
        return new PosixAcl(entries);
    }

    static boolean isList(XattrName attribute) {
        return attribute.equals(ACCESS) || attribute.equals(DEFAULT);
    }

    /** The same rights for others. */
    PosixAcl mapped(IntUnaryOperator uids, IntUnaryOperator gids) {
        List<AclEntry> others = new ArrayList<>();
        for (AclEntry entry : entries) {
            int id = switch (entry.tag()) {
                case USER -> uids.applyAsInt(entry.id());
                case GROUP -> gids.applyAsInt(entry.id());
                default -> entry.id();
            };
            others.add(new AclEntry(entry.tag(), entry.permissions(), id));
        }
        return new PosixAcl(others);
    }

    /**
     * What a file inherits that is made with this mode in a directory with this default list: no class gets more than was asked for.
     *
     * @param mode permission bits as asked for; a umask plays no part
     */
    PosixAcl inheritedWith(int mode) {
        boolean masked = entries.stream().anyMatch(entry -> entry.tag() == MASK);
        List<AclEntry> limited = new ArrayList<>();
        for (AclEntry entry : entries) {
            int allowed = switch (entry.tag()) {
                case USER_OBJ -> mode >> 6 & 7;
                case MASK -> mode >> 3 & 7;
                case GROUP_OBJ -> masked ? 7 : mode >> 3 & 7;
                case OTHER -> mode & 7;
                default -> 7;
            };
            limited.add(new AclEntry(entry.tag(), entry.permissions() & allowed, entry.id()));
        }
        return new PosixAcl(limited);
    }

    /** The nine permission bits that {@code stat} shows for a file with this list. */
    int permissions() {
        int user = 0;
        int group = 0;
        int mask = -1;
        int other = 0;
        for (AclEntry entry : entries) {
            switch (entry.tag()) {
                case USER_OBJ -> user = entry.permissions();
                case GROUP_OBJ -> group = entry.permissions();
                case MASK -> mask = entry.permissions();
                case OTHER -> other = entry.permissions();
                default -> {
                    // entries for single users and groups show in the mask
                }
            }
        }
        return user << 6 | (mask >= 0 ? mask : group) << 3 | other;
    }

    /** Whether it says more than nine permission bits can. */
    boolean isExtended() {
        return entries.size() > 3;
    }

    byte[] toBytes() {
        ByteBuffer buffer =
                ByteBuffer.allocate(4 + entries.size() * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(VERSION);
        for (AclEntry entry : entries) {
            buffer.putShort((short) entry.tag())
                    .putShort((short) entry.permissions())
                    .putInt(entry.id());
        }
        return buffer.array();
    }
}
