package mille.fuse;

/** Whether this process serves only for the JVM to note, in a start-up cache, what it loads and links: then it does also what others may need. */
final class Rehearsal {
    /** The launcher says so. */
    static final boolean IS_ON = Boolean.getBoolean("mille.rehearsing");

    private Rehearsal() {}
}
