package mille.cli;

/** When an image is pulled before it is run. */
enum PullPolicy {
    MISSING,
    ALWAYS,
    NEVER
}
