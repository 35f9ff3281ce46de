package mille.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A POSIX access control list in the form that {@code system.posix_acl_access} and {@code _default} have
 * ({@code include/uapi/linux/posix_acl_xattr.h}): permissions are bits as in {@code rwx}.
 */
public final class Acl {
    public static final String ACCESS = "system.posix_acl_access";
    public static final String DEFAULT = "system.posix_acl_default";

    private static final int VERSION = 2;
    private static final int NO_ID = -1;
    private static final int USER_OBJECT = 1;
    private static final int USER = 2;
    private static final int GROUP_OBJECT = 4;
    private static final int MASK = 0x10;
    private static final int OTHER = 0x20;

    private record Entry(int tag, int permissions, int id) {}

    private final List<Entry> entries = new ArrayList<>();

    /** Rights of the owner, the owning group and the others, as three octal digits. */
    public Acl(int mode) {
        entries.add(new Entry(USER_OBJECT, mode >> 6 & 7, NO_ID));
        entries.add(new Entry(GROUP_OBJECT, mode >> 3 & 7, NO_ID));
        entries.add(new Entry(OTHER, mode & 7, NO_ID));
    }

    /** Rights for one user more. The mask, which such an entry needs, allows everything. */
    public Acl user(int uid, int permissions) {
        entries.add(1, new Entry(USER, permissions, uid));
        entries.add(entries.size() - 1, new Entry(MASK, 7, NO_ID));
        return this;
    }

    /** The attribute's value. */
    public byte[] bytes() {
        ByteBuffer value = ByteBuffer.allocate(4 + 8 * entries.size()).order(ByteOrder.LITTLE_ENDIAN);
        value.putInt(VERSION);
        for (Entry entry : entries) {
            value.putShort((short) entry.tag)
                    .putShort((short) entry.permissions)
                    .putInt(entry.id);
        }
        return value.array();
    }
}
