package mille.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The digest of some bytes, {@code sha256:<64 hex digits>} (OCI image spec, descriptor, "Digests").
 *
 * @param hex lower-case digits, as many as the algorithm gives
 */
public record Digest(Algorithm algorithm, String hex) implements Comparable<Digest> {

    /** The algorithms that the OCI image spec registers. */
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String label;
        private final String javaName;
        private final int hexDigits;

        Algorithm(String label, String javaName, int hexDigits) {
            this.label = label;
            this.javaName = javaName;
            this.hexDigits = hexDigits;
        }

        /** What stands before the colon, and the name of the directory below {@code blobs/}. */
        public String label() {
            return label;
        }

        /** A fresh computation; not for several threads. */
        public MessageDigest newMessageDigest() {
            try {
                return MessageDigest.getInstance(javaName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this JVM has no " + javaName, e);
            }
        }

        private boolean accepts(String hex) {
            return hex.length() == hexDigits
                    && hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
        }
    }

    public Digest {
        if (!algorithm.accepts(hex)) {
            throw new IllegalArgumentException("malformed digest: " + algorithm.label() + ":" + hex);
        }
    }

    /**
     * Reads {@code algorithm:hex}.
     *
     * @throws IllegalArgumentException where it is malformed or the algorithm isn't one of {@link Algorithm}
     */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        for (Algorithm algorithm : Algorithm.values()) {
            if (colon > 0 && text.substring(0, colon).equals(algorithm.label())) {
                return new Digest(algorithm, text.substring(colon + 1));
            }
        }
        throw new IllegalArgumentException("malformed digest: " + text);
    }

    /** The SHA-256 of the bytes. */
    public static Digest of(byte[] bytes) {
        return of(Algorithm.SHA256, bytes);
    }

    public static Digest of(Algorithm algorithm, byte[] bytes) {
        return finish(algorithm, fed(algorithm.newMessageDigest(), bytes));
    }

    /** Ends a computation that {@link Algorithm#newMessageDigest} began, and resets it. */
    public static Digest finish(Algorithm algorithm, MessageDigest computation) {
        return new Digest(algorithm, HexFormat.of().formatHex(computation.digest()));
    }

    /** The first twelve hex digits: what Docker prints as an ID. */
    public String shortHex() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(Digest other) {
        int byAlgorithm = algorithm.compareTo(other.algorithm);
        return byAlgorithm != 0 ? byAlgorithm : hex.compareTo(other.hex);
    }

    /** {@code algorithm:hex}, which {@link #parse} reads. */
    @Override
    public String toString() {
        return algorithm.label() + ":" + hex;
    }

    private static MessageDigest fed(MessageDigest computation, byte[] bytes) {
        computation.update(bytes);
        return computation;
    }
}
