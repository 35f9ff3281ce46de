package mille.oci;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The full name of an image: {@code registry/repository[:tag][@digest]}.
 *
 * <p>People write less, and {@link #parse} fills in what Docker does: {@code busybox} is {@code docker.io/library/busybox:latest}. Where a
 * digest is given it decides which image is meant, and the tag is only a label.
 *
 * @param registry a host name or address with an optional port, {@code docker.io} for Docker Hub
 * @param repository the path below the registry, in lower case; with {@code library/} for Docker Hub's own images
 */
public record Reference(
        String registry,
        String repository,
        @Nullable String tag,
        @Nullable Digest digest) {
    private static final String HUB = "docker.io";
    private static final String HUB_OLD_NAME = "index.docker.io";
    private static final String HUB_LIBRARY = "library/";
    private static final String DEFAULT_TAG = "latest";
    /** Of {@code registry/repository}, as Docker has it. */
    private static final int MAX_NAME_CHARACTERS = 255;

    private static final String HOST_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
    private static final Pattern REGISTRY =
            Pattern.compile("(?:" + HOST_LABEL + "(?:\\." + HOST_LABEL + ")*+|\\[[a-fA-F0-9:]+])(?::[0-9]{1,5})?");
    private static final String PATH_COMPONENT = "[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+";
    private static final Pattern REPOSITORY = Pattern.compile(PATH_COMPONENT + "(?:/" + PATH_COMPONENT + ")*+");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern TAG_AT_END = Pattern.compile("(.*):([^:/]*)", Pattern.DOTALL);
    private static final Pattern HEX_ID = Pattern.compile("[a-f0-9]{64}");

    public Reference {
        if (registry.length() + 1 + repository.length() > MAX_NAME_CHARACTERS) {
            throw new IllegalArgumentException(
                    "invalid image name: longer than " + MAX_NAME_CHARACTERS + " characters");
        }
        if (!REGISTRY.matcher(registry).matches()) {
            throw new IllegalArgumentException("invalid image name: '" + registry + "' is not a registry's host");
        }
        if (!REPOSITORY.matcher(repository).matches()) {
            boolean onlyCase =
                    REPOSITORY.matcher(repository.toLowerCase(Locale.ROOT)).matches();
            throw new IllegalArgumentException("invalid image name: '" + familiarName(registry, repository)
                    + (onlyCase ? "' must be lower case" : "' is not a repository's path"));
        }
        if (tag != null && !TAG.matcher(tag).matches()) {
            throw new IllegalArgumentException("invalid image name: '" + tag + "' is not a tag");
        }
    }

    /**
     * Reads what a person typed, as Docker does. Without a tag and a digest the tag is {@code latest}.
     *
     * @throws IllegalArgumentException where it is no image name, with a message for that person
     */
    public static Reference parse(String text) {
        if (HEX_ID.matcher(text).matches()) {
            throw new IllegalArgumentException("invalid image name: '" + text + "' is an image's ID");
        }
        String name = text;
        Digest digest = null;
        int at = name.indexOf('@');
        if (at >= 0) {
            try {
                digest = Digest.parse(name.substring(at + 1));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("invalid image name: " + e.getMessage(), e);
            }
            name = name.substring(0, at);
        }
        String tag = null;
        Matcher tagged = TAG_AT_END.matcher(name);
        if (tagged.matches()) {
            name = tagged.group(1);
            tag = tagged.group(2);
        }
        int slash = name.indexOf('/');
        boolean hasRegistry = slash > 0 && isRegistry(name.substring(0, slash));
        String registry = hasRegistry ? name.substring(0, slash) : HUB;
        String repository = hasRegistry ? name.substring(slash + 1) : name;
        if (registry.equals(HUB_OLD_NAME)) {
            registry = HUB;
        }
        if (registry.equals(HUB) && repository.indexOf('/') < 0) {
            repository = HUB_LIBRARY + repository;
        }
        return new Reference(registry, repository, tag == null && digest == null ? DEFAULT_TAG : tag, digest);
    }

    /** Docker's rule for what stands before the first slash: {@code user/image} is Docker Hub's, {@code host.name/image} isn't. */
    private static boolean isRegistry(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
    }

    /** The shortest form that {@link #parse} reads as this again, but for the tag, which stays: {@code busybox:latest}. */
    public String familiar() {
        return familiarName() + suffix();
    }

    /** {@link #familiar} without tag and digest: the {@code REPOSITORY} column of {@code docker images}. */
    public String familiarName() {
        return familiarName(registry, repository);
    }

    private static String familiarName(String registry, String repository) {
        if (!registry.equals(HUB)) {
            return registry + "/" + repository;
        }
        boolean official = repository.startsWith(HUB_LIBRARY) && repository.indexOf('/', HUB_LIBRARY.length()) < 0;
        return official ? repository.substring(HUB_LIBRARY.length()) : repository;
    }

    /** {@code registry/repository} */
    public String name() {
        return registry + "/" + repository;
    }

    /** What the manifest is asked for by: the digest where there is one, else the tag. */
    public String selector() {
        if (digest != null) {
            return digest.toString();
        }
        return tag == null ? DEFAULT_TAG : tag;
    }

    /** This name with that digest, without a tag. */
    public Reference withDigest(Digest pinned) {
        return new Reference(registry, repository, null, pinned);
    }

    public Reference withTag(String otherTag) {
        return new Reference(registry, repository, otherTag, null);
    }

    /** The full form. */
    @Override
    public String toString() {
        return name() + suffix();
    }

    private String suffix() {
        return (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }
}
