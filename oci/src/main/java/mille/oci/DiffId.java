package mille.oci;

/** The digest of a layer's tar, uncompressed: another thing than the digest of the blob that carries it (OCI image spec, config). */
public record DiffId(Digest digest) {

    /**
     * As {@link Digest#parse}.
     *
     * @throws IllegalArgumentException where it is malformed
     */
    public static DiffId parse(String text) {
        return new DiffId(Digest.parse(text));
    }

    /** {@code algorithm:hex} */
    @Override
    public String toString() {
        return digest.toString();
    }
}
