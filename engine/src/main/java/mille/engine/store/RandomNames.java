package mille.engine.store;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** Names that nobody else has: random enough that two never meet. */
final class RandomNames {
    /** Base 32 without the digits that look like letters, as Docker's short links are written. */
    private static final String LINK_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private static final int LINK_CHARACTERS = 26;
    private static final int ID_BYTES = 32;

    private static final List<String> QUALITIES = List.of(
            "airy", "almond", "amber", "brave", "bright", "brisk", "buttery", "calm", "candid", "caramel", "clever",
            "crisp", "curious", "daring", "eager", "earnest", "flaky", "folded", "gentle", "gilded", "glazed", "golden",
            "honest", "jolly", "keen", "layered", "light", "lively", "lucid", "mellow", "merry", "nimble", "patient",
            "plain", "quick", "quiet", "rustic", "sharp", "silken", "sober", "sturdy", "sunny", "sweet", "swift",
            "tender", "toasted", "vanilla", "warm", "whole", "witty");

    private static final List<String> PEOPLE = List.of(
            "abel",
            "agnesi",
            "ampere",
            "babbage",
            "bell",
            "bohr",
            "boole",
            "braun",
            "cauchy",
            "church",
            "codd",
            "curie",
            "darwin",
            "dijkstra",
            "euclid",
            "euler",
            "faraday",
            "fermat",
            "franklin",
            "galileo",
            "galois",
            "gauss",
            "germain",
            "goedel",
            "hamilton",
            "hertz",
            "hilbert",
            "hoare",
            "hopper",
            "huffman",
            "hypatia",
            "kepler",
            "kleene",
            "knuth",
            "kovalevskaya",
            "lamport",
            "leibniz",
            "liskov",
            "lovelace",
            "maxwell",
            "meitner",
            "mendel",
            "naur",
            "newton",
            "noether",
            "pascal",
            "planck",
            "ritchie",
            "shannon",
            "turing",
            "volta",
            "wirth");

    private final SecureRandom random = new SecureRandom();

    /** 64 hexadecimal digits. */
    String id() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** 26 characters of A-Z and 2-7. */
    String link() {
        StringBuilder link = new StringBuilder(LINK_CHARACTERS);
        for (int i = 0; i < LINK_CHARACTERS; i++) {
            link.append(LINK_ALPHABET.charAt(random.nextInt(LINK_ALPHABET.length())));
        }
        return link.toString();
    }

    /**
     * A name for a container, such as {@code brave_turing}.
     *
     * @param attempt how many names turned out to be taken; after some, a number is added
     */
    String containerName(int attempt) {
        String name = QUALITIES.get(random.nextInt(QUALITIES.size())) + "_" + PEOPLE.get(random.nextInt(PEOPLE.size()));
        return attempt < 10 ? name : name + random.nextInt(1_000_000);
    }
}
