package mille.oci.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens images that lie on disk. */
public final class LocalImages {
    private LocalImages() {}

    /**
     * Opens an OCI layout or an archive of {@code docker save}, each as a directory or as a tar, compressed or not; what is both, as
     * Docker writes since version 25, is read as a layout.
     *
     * @param temporaryDirectory exists; takes the decompressed copy of a compressed tar until the source is closed
     * @throws IOException also where it is neither
     */
    public static ImageSource open(Path path, Path temporaryDirectory) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        FileTree files = Files.isDirectory(path) ? new DirectoryTree(path) : tar(path, temporaryDirectory);
        try {
            if (files.has(OciLayout.MARKER) && files.has(OciLayout.INDEX)) {
                return new OciLayout(files);
            }
            if (files.has(DockerArchive.MANIFEST)) {
                return new DockerArchive(files);
            }
            throw new IOException(path + " is no image archive: it has neither " + OciLayout.INDEX + " nor "
                    + DockerArchive.MANIFEST);
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private static FileTree tar(Path path, Path temporaryDirectory) throws IOException {
        try {
            return TarTree.open(path, temporaryDirectory);
        } catch (IOException e) {
            throw new IOException(path + " can't be read as an image archive: " + e.getMessage(), e);
        }
    }
}
