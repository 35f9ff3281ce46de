package mille.mount;

import java.math.BigDecimal;
import java.util.List;
import mille.fuse.Reply;

/**
 * What a mount over FUSE can be told beside what the union is made of, as fuse-overlayfs calls it.
 *
 * @param validNanos for how long the kernel may rely on names and attributes ({@code timeout=} in seconds)
 * @param enforcesAcls whether the kernel heeds POSIX ACLs when it checks rights ({@code noacl} turns it off)
 * @param hasXattrs whether there are extended attributes for users at all ({@code noxattrs=1} turns them off)
 */
record FuseOptions(long validNanos, boolean enforcesAcls, boolean hasXattrs) {
    static final FuseOptions DEFAULTS = new FuseOptions(Reply.FOREVER, true, true);

    /** Whether {@link #parse} has something to do with it. */
    static boolean isKnown(String option) {
        return option.equals("noacl")
                || option.equals("noxattr")
                || option.startsWith("noxattrs=")
                || option.startsWith("timeout=");
    }

    /**
     * @param options one an element; those that aren't {@link #isKnown known} are for somebody else
     * @throws IllegalArgumentException with one sentence, for a value that won't do
     */
    static FuseOptions parse(List<String> options) {
        long validNanos = DEFAULTS.validNanos;
        boolean acls = true;
        boolean xattrs = true;
        for (String option : options) {
            if (option.startsWith("timeout=")) {
                validNanos = nanos(option.substring("timeout=".length()));
            } else if (option.equals("noacl")) {
                acls = false;
            } else if (option.equals("noxattr")) {
                xattrs = false;
            } else if (option.startsWith("noxattrs=")) {
                xattrs = switch (option.substring("noxattrs=".length())) {
                    case "0" -> true;
                    case "1" -> false;
                    default -> throw new IllegalArgumentException("mount option 'noxattrs' is 0 or 1");
                };
            }
        }
        return new FuseOptions(validNanos, acls, xattrs);
    }

    private static long nanos(String seconds) {
        try {
            BigDecimal nanos = new BigDecimal(seconds).movePointRight(9);
            if (nanos.signum() < 0) {
                throw new NumberFormatException(seconds);
            }
            return nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? Reply.FOREVER : nanos.longValue();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("mount option 'timeout' is a number of seconds, not '" + seconds + "'");
        }
    }
}
