package mille.fuse;

/** What the reply to OPEN, OPENDIR or CREATE lets the kernel do ({@code FOPEN_*}). */
public final class OpenFlags {
    /** Reads and writes go past the page cache. */
    public static final int DIRECT_IO = 1;

    /** Pages that are cached from an earlier open are still good. */
    public static final int KEEP_CACHE = 1 << 1;

    public static final int NONSEEKABLE = 1 << 2;

    /** The listing of this directory may be cached; together with {@link #KEEP_CACHE}, an older listing is still good. */
    public static final int CACHE_DIR = 1 << 3;

    public static final int STREAM = 1 << 4;

    /** Closing needs no FLUSH. */
    public static final int NOFLUSH = 1 << 5;

    public static final int PARALLEL_DIRECT_WRITES = 1 << 6;

    static final int PASSTHROUGH = 1 << 7;

    private OpenFlags() {}
}
