package mille.mount;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import mille.overlay.Owners;

/** The options on owners, so far: {@code uidmapping=STORED:SHOWN:COUNT:STORED:SHOWN:COUNT...} and the like. */
final class OwnerReading {
    private static final Pattern COLON = Pattern.compile(":");

    private List<Owners.Range> uids = List.of();
    private List<Owners.Range> gids = List.of();
    private Owners.Keeping keeping = Owners.Keeping.INODES;
    private boolean toRoot;
    private int uid = -1;
    private int gid = -1;

    void squashToRoot() {
        toRoot = true;
    }

    /**
     * @throws IllegalArgumentException with one sentence, for a value that won't do
     */
    void take(String name, String value) {
        switch (name) {
            case "uidmapping" -> uids = ranges(name, value);
            case "gidmapping" -> gids = ranges(name, value);
            case "squash_to_uid" -> uid = id(name, value);
            case "xattr_permissions" -> keeping = keeping(value);
            case "squash_to_gid" -> gid = id(name, value);
            default -> throw new IllegalArgumentException("no option on owners: " + name);
        }
    }

    private static Owners.Keeping keeping(String value) {
        return switch (value) {
            case "0" -> Owners.Keeping.INODES;
            case "1" -> Owners.Keeping.SECURITY_XATTR;
            case "2" -> Owners.Keeping.USER_XATTR;
            default ->
                throw new IllegalArgumentException(
                        "mount option 'xattr_permissions' is 0, 1 or 2, not '" + value + "'");
        };
    }

    private static int id(String name, String value) {
        try {
            long id = Long.parseLong(value);
            if (id >= 0 && id < 0xffffffffL) { // the last one stands for none
                return (int) id;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("mount option '" + name + "' is a number, not '" + value + "'");
    }

    private static List<Owners.Range> ranges(String name, String value) {
        List<Owners.Range> ranges = new ArrayList<>();
        try {
            String[] numbers = COLON.split(value, -1);
            for (int at = 0; at < numbers.length; at += 3) {
                ranges.add(new Owners.Range(
                        Long.parseLong(numbers[at]), Long.parseLong(numbers[at + 1]), Long.parseLong(numbers[at + 2])));
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    "mount option '" + name + "' is STORED:SHOWN:COUNT, once or more, not '" + value + "'", e);
        }
        return ranges;
    }

    /** {@code squash_to_uid} and {@code squash_to_gid} come before {@code squash_to_root}. */
    Owners finish() {
        int none = toRoot ? 0 : -1;
        return new Owners(uids, gids, uid == -1 ? none : uid, gid == -1 ? none : gid, keeping);
    }
}
