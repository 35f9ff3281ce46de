package mille.mount;

/** Whether the kernel reads and writes the layers' files by itself while they are open. Takes {@code CAP_SYS_ADMIN} and Linux 6.9. */
enum Passthrough {
    /** Where it is possible and pays: for files that root opens for writing, and for large ones. */
    AUTO,
    /** For small files too; the mount fails where the kernel or our rights don't allow it. */
    ON,
    /**
     * Never. A descriptor that was opened for reading then shows what is written after the file was copied up, which passthrough can't do
     * for large files, nor the kernel's overlay for any.
     */
    OFF
}
