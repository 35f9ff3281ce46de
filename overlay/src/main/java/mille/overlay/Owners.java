package mille.overlay;

import java.util.List;

/**
 * How the owners that layers store relate to those that users see, in the words of fuse-overlayfs: {@code uidmapping}, {@code gidmapping},
 * {@code squash_to_root}, {@code squash_to_uid}, {@code squash_to_gid}. What is squashed is so to the eye alone: who changes an owner changes
 * what is stored.
 *
 * @param uids empty for as they are
 * @param gids empty for as they are
 * @param squashedUid the only one that is seen; -1 for all
 * @param squashedGid likewise
 * @param keeping where layers have owners and modes
 */
public record Owners(List<Range> uids, List<Range> gids, int squashedUid, int squashedGid, Keeping keeping) {
    /** Where owners and modes are: {@code xattr_permissions}. */
    public enum Keeping {
        /** In the inodes, as usual. */
        INODES,
        /**
         * In an attribute of each file of the upper layer that only privileged users can write. Lower layers have it in whichever
         * attribute their root has, or in their inodes.
         */
        SECURITY_XATTR,
        /** Likewise, in one that the file's real owner can write. */
        USER_XATTR
    }

    /** Who owns what a mapping has no word for: the kernel's {@code overflowuid}. */
    public static final int NOBODY = 65534;

    public static final Owners AS_STORED = new Owners(List.of(), List.of(), -1, -1, Keeping.INODES);

    /**
     * Ids in a row.
     *
     * @param stored the first of them in the layers, from 0 to 2<sup>32</sup>-1
     * @param shown the first as users see them
     * @param count at least 1
     */
    public record Range(long stored, long shown, long count) {
        private static final long END = 1L << 32;

        public Range {
            if (stored < 0 || shown < 0 || count < 1 || stored + count > END || shown + count > END) {
                throw new IllegalArgumentException("no range of ids: " + stored + ":" + shown + ":" + count);
            }
        }
    }

    public Owners {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
    }

    /** Whether users see each owner as it is stored, in the inode. */
    public boolean areAsStored() {
        return uids.isEmpty() && gids.isEmpty() && squashedUid == -1 && squashedGid == -1 && keeping == Keeping.INODES;
    }

    int shownUid(int stored) {
        return squashedUid != -1 ? squashedUid : shown(uids, stored);
    }

    int shownGid(int stored) {
        return squashedGid != -1 ? squashedGid : shown(gids, stored);
    }

    /** What is stored for an owner that a user names; -1 stays -1. */
    int storedUid(int shown) {
        return stored(uids, shown);
    }

    /** Likewise of a group. */
    int storedGid(int shown) {
        return stored(gids, shown);
    }

    /** A list of rights as users see it; what is squashed is the owner alone. */
    byte[] shownList(byte[] stored) {
        PosixAcl list = uids.isEmpty() && gids.isEmpty() ? null : PosixAcl.parse(stored);
        return list == null
                ? stored
                : list.mapped(id -> shown(uids, id), id -> shown(gids, id)).toBytes();
    }

    /** What is stored for a list of rights that a user gives. */
    byte[] storedList(byte[] shown) {
        PosixAcl list = uids.isEmpty() && gids.isEmpty() ? null : PosixAcl.parse(shown);
        return list == null
                ? shown
                : list.mapped(this::storedUid, this::storedGid).toBytes();
    }

    Caller stored(Caller caller) {
        return uids.isEmpty() && gids.isEmpty()
                ? caller
                : new Caller(storedUid(caller.uid()), storedGid(caller.gid()), caller.umask());
    }

    private static int shown(List<Range> ranges, int stored) {
        long id = Integer.toUnsignedLong(stored);
        for (Range range : ranges) {
            if (id >= range.stored && id < range.stored + range.count) {
                return (int) (range.shown + (id - range.stored));
            }
        }
        return ranges.isEmpty() ? stored : NOBODY;
    }

    private static int stored(List<Range> ranges, int shown) {
        if (ranges.isEmpty() || shown == -1) {
            return shown;
        }
        long id = Integer.toUnsignedLong(shown);
        for (Range range : ranges) {
            if (id >= range.shown && id < range.shown + range.count) {
                return (int) (range.stored + (id - range.shown));
            }
        }
        return NOBODY;
    }
}
