package mille.oci.source;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** The files of an archive, be it a directory or a tar. Paths are relative, with slashes, and may come from a stranger's document. */
interface FileTree extends Closeable {

    /** Whether a regular file is there. */
    boolean has(String path) throws IOException;

    /**
     * How large a file is.
     *
     * @throws IOException also where there is no such file
     */
    long sizeBytes(String path) throws IOException;

    /**
     * A file's bytes. Several threads may read several of them.
     *
     * @throws IOException also where there is no such file
     */
    InputStream open(String path) throws IOException;

    /** For messages. */
    @Override
    String toString();
}
