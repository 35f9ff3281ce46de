package mille.linux;

/** Flags of {@code open(2)} on x86-64, without their prefix: {@code O.RDONLY | O.NOFOLLOW}. */
public final class O {
    public static final int RDONLY = 0;
    public static final int WRONLY = 1;
    public static final int RDWR = 2;
    public static final int ACCMODE = 3;
    public static final int CREAT = 0100;
    public static final int EXCL = 0200;
    public static final int NOCTTY = 0400;
    public static final int TRUNC = 01000;
    public static final int APPEND = 02000;
    public static final int NONBLOCK = 04000;
    public static final int DSYNC = 010000;
    public static final int DIRECT = 040000;
    public static final int LARGEFILE = 0100000;
    public static final int DIRECTORY = 0200000;
    public static final int NOFOLLOW = 0400000;
    public static final int NOATIME = 01000000;
    public static final int CLOEXEC = 02000000;
    public static final int SYNC = 04010000;
    public static final int PATH = 010000000;
    public static final int TMPFILE = 020200000;

    private O() {}
}
