package mille.engine.layer;

import java.util.List;
import mille.linux.RelativePath;
import mille.oci.DiffId;

/**
 * What came out of a layer's tar.
 *
 * @param diffId the digest of the tar, computed while it was read to its end
 * @param sizeBytes of its regular files, hard links counted once
 * @param implicitDirectories that the tar puts something into without an entry of their own, parents first. They hide those of layers below, so
 *     they must look like them: {@link DirectoryAttributes#inherit}
 * @param hidesAllBelow whether its root is opaque: {@link OpaqueRoot#hide}
 */
public record UnpackedLayer(
        DiffId diffId, long sizeBytes, List<RelativePath> implicitDirectories, boolean hidesAllBelow) {
    public UnpackedLayer {
        implicitDirectories = List.copyOf(implicitDirectories);
    }
}
