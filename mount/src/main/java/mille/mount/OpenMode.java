package mille.mount;

/** Who opens files: we, each time that somebody does, or the kernel alone. */
enum OpenMode {
    /**
     * Each open is a request. Its answer may bring a small file's data along, or let the kernel read and write a layer's file by itself
     * (passthrough).
     */
    EAGER,
    /**
     * The kernel is told once that opens need no answer: a file whose data it has cached is opened and read without us. A file is copied up
     * at its first write rather than when it is opened for writing, which is also when errors of the copy are seen. Nothing is passed
     * through.
     */
    LAZY
}
