package mille.oci;

import java.util.Set;

/**
 * The type of a blob or a document, as a manifest or a registry names it, without parameters.
 *
 * @param value lower case, at most 255 characters
 */
public record MediaType(String value) {
    public static final MediaType OCI_INDEX = new MediaType("application/vnd.oci.image.index.v1+json");
    public static final MediaType OCI_MANIFEST = new MediaType("application/vnd.oci.image.manifest.v1+json");
    public static final MediaType OCI_CONFIG = new MediaType("application/vnd.oci.image.config.v1+json");
    public static final MediaType OCI_LAYER = new MediaType("application/vnd.oci.image.layer.v1.tar");
    public static final MediaType OCI_LAYER_GZIP = new MediaType("application/vnd.oci.image.layer.v1.tar+gzip");
    public static final MediaType OCI_LAYER_ZSTD = new MediaType("application/vnd.oci.image.layer.v1.tar+zstd");
    public static final MediaType DOCKER_INDEX =
            new MediaType("application/vnd.docker.distribution.manifest.list.v2+json");
    public static final MediaType DOCKER_MANIFEST =
            new MediaType("application/vnd.docker.distribution.manifest.v2+json");
    public static final MediaType DOCKER_CONFIG = new MediaType("application/vnd.docker.container.image.v1+json");
    public static final MediaType DOCKER_LAYER = new MediaType("application/vnd.docker.image.rootfs.diff.tar");
    public static final MediaType DOCKER_LAYER_GZIP =
            new MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip");

    /** Docker's first schema, which nobody should serve any more: recognised to say so. */
    private static final Set<String> SCHEMA_1 = Set.of(
            "application/vnd.docker.distribution.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v1+prettyjws");

    private static final int MAX_CHARACTERS = 255;

    public MediaType {
        if (value.isEmpty()
                || value.length() > MAX_CHARACTERS
                || value.chars().anyMatch(c -> c <= ' ' || c > '~' || c == ';')) {
            throw new IllegalArgumentException("malformed media type: " + value);
        }
    }

    /**
     * Reads a header's value: parameters are dropped.
     *
     * @throws IllegalArgumentException where nothing is left or it has characters that no type has
     */
    public static MediaType parse(String text) {
        int parameters = text.indexOf(';');
        return new MediaType((parameters < 0 ? text : text.substring(0, parameters)).strip());
    }

    /** A list of manifests by platform. */
    public boolean isIndex() {
        return equals(OCI_INDEX) || equals(DOCKER_INDEX);
    }

    /** The manifest of one image. */
    public boolean isManifest() {
        return equals(OCI_MANIFEST) || equals(DOCKER_MANIFEST);
    }

    public boolean isSchema1() {
        return SCHEMA_1.contains(value);
    }

    /** A config that {@link ImageConfig} reads, and not that of some artifact. */
    public boolean isImageConfig() {
        return equals(OCI_CONFIG) || equals(DOCKER_CONFIG);
    }

    /** A layer that Docker calls foreign and OCI non-distributable: its bytes may have to come from the descriptor's URLs. */
    public boolean isForeignLayer() {
        return value.startsWith("application/vnd.docker.image.rootfs.foreign.diff.tar")
                || value.startsWith("application/vnd.oci.image.layer.nondistributable.v1.tar");
    }

    /** A tar of a layer, compressed or not. How it is compressed is seen from its first bytes, not from here. */
    public boolean isLayer() {
        return value.startsWith(OCI_LAYER.value) || value.startsWith(DOCKER_LAYER.value) || isForeignLayer();
    }

    @Override
    public String toString() {
        return value;
    }
}
