package mille.oci;

import java.io.IOException;

/** An image's config with the very bytes that it came in: their digest is the image's ID, and a config that lost a field has another. */
public final class RawConfig {
    private final byte[] bytes;
    private final Digest digest;
    private final ImageConfig config;

    private RawConfig(byte[] bytes, ImageConfig config) {
        this.bytes = bytes;
        this.digest = Digest.of(bytes);
        this.config = config;
    }

    /**
     * As {@link ImageConfig#parse}.
     *
     * @throws IOException where it is malformed or no image's config
     */
    public static RawConfig parse(byte[] bytes) throws IOException {
        return new RawConfig(bytes.clone(), ImageConfig.parse(bytes));
    }

    /** A config of ours with the bytes that {@link ImageConfig#toJson} gives. */
    public static RawConfig of(ImageConfig config) {
        return new RawConfig(config.toJson(), config);
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The SHA-256 of the bytes: the image's ID. */
    public Digest digest() {
        return digest;
    }

    public ImageConfig config() {
        return config;
    }
}
