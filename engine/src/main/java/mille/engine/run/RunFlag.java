package mille.engine.run;

/** What a container has or hasn't. */
public enum RunFlag {
    /** Its standard input is ours ({@code -i}). */
    STDIN,
    /** It runs on a terminal ({@code -t}). */
    TERMINAL,
    /** It can't change its root ({@code --read-only}). */
    READ_ONLY_ROOT,
    /** It is removed when it ends ({@code --rm}). */
    AUTO_REMOVE
}
