package mille.mount;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import mille.overlay.OverlayOptions;
import mille.overlay.OverlayOptions.Feature;
import mille.overlay.RedirectPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@code -o} on a command line, in the names of the kernel's overlay and of fuse-overlayfs.
 *
 * <p>Options are joined by commas, lower directories by colons, the topmost first; data-only lowers follow two colons each
 * ({@code lowerdir=A:B::D}). A backslash takes any meaning from the character after it: {@code \,} {@code \:} {@code \\}.
 * {@code lowerdir+=} and {@code datadir+=} each add one directory, whose colons mean nothing. Of two that contradict each other the later
 * holds.
 *
 * @param overlay what the union is made of
 * @param generic what any mount may have, one an element, as {@link Mounter#mount} takes them
 */
public record MountOptions(OverlayOptions overlay, List<String> generic) {
    public MountOptions {
        generic = List.copyOf(generic);
    }

    /**
     * @param text all options as one string
     * @throws IllegalArgumentException with one sentence for a person: an unknown option, a value that won't do, a directory that is missing
     *     among the options
     */
    public static MountOptions parse(String text) {
        Reading reading = new Reading();
        for (String option : split(text, ',')) {
            if (!option.isEmpty()) {
                reading.take(option);
            }
        }
        return reading.finish();
    }

    /** Splits at each separator without a backslash before it; the parts keep their backslashes. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) == '\\') {
                at++;
            } else if (text.charAt(at) == separator) {
                parts.add(text.substring(start, at));
                start = at + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            plain.append(text.charAt(at));
        }
        return plain.toString();
    }

    /** The options so far. */
    private static final class Reading {
        private static final Set<String> OURS = Set.of("userxattr", "volatile", "static_nlink", "squash_to_root");

        private final List<Path> lowers = new ArrayList<>();
        private final List<Path> dataLowers = new ArrayList<>();
        private @Nullable Path upper;
        private @Nullable Path work;
        private @Nullable RedirectPolicy redirect;
        private final OwnerReading owners = new OwnerReading();
        private final Set<Feature> on = EnumSet.noneOf(Feature.class);
        private final Set<Feature> off = EnumSet.noneOf(Feature.class);
        private final List<String> generic = new ArrayList<>();

        void take(String option) {
            int equals = option.indexOf('=');
            if (equals < 0) {
                takeWord(option);
                return;
            }
            String name = option.substring(0, equals);
            String value = option.substring(equals + 1);
            switch (name) {
                case "lowerdir" -> takeLowers(value);
                case "lowerdir+" -> lowers.add(directory(name, value));
                case "datadir+" -> dataLowers.add(directory(name, value));
                case "upperdir" -> upper = directory(name, value);
                case "workdir" -> work = directory(name, value);
                case "redirect_dir" -> redirect = redirectPolicy(value);
                case "index" -> set(Feature.INDEX, isOn(name, value));
                case "metacopy" -> set(Feature.METACOPY, isOn(name, value));
                case "nfs_export" -> set(Feature.NFS_EXPORT, isOn(name, value));
                case "verity" -> setVerity(value);
                case "whiteout_files" -> set(Feature.WHITEOUT_FILES, isOn(name, value));
                case "uuid" -> setUuid(value);
                case "xino" -> set(Feature.XINO, value.equals("auto") || isOn(name, value));
                case "uidmapping", "gidmapping", "squash_to_uid", "squash_to_gid", "xattr_permissions" ->
                    owners.take(name, value);
                case "fsname" -> generic.add("fsname=" + unescape(value));
                default -> takeWord(option);
            }
        }

        private void takeWord(String word) {
            switch (word) {
                case "userxattr" -> set(Feature.USERXATTR, true);
                case "volatile" -> set(Feature.VOLATILE, true);
                case "static_nlink" -> set(Feature.STATIC_NLINK, true);
                case "squash_to_root" -> owners.squashToRoot();
                case "ro" -> set(Feature.READ_ONLY, true);
                case "rw" -> set(Feature.READ_ONLY, false);
                default -> {}
            }
            if (GenericOptions.isKnown(word)) {
                generic.add(word);
            } else if (!OURS.contains(word) && !ForeignOptions.areHarmless(word)) {
                throw new IllegalArgumentException("unknown mount option '" + word + "'");
            }
        }

        /** One colon goes on to the next lower, two to a data-only one, after which there are no others. */
        private void takeLowers(String value) {
            lowers.clear();
            dataLowers.clear();
            boolean isData = false;
            for (String part : split(value, ':')) {
                if (!part.isEmpty()) {
                    if (isData) {
                        dataLowers.add(directory("lowerdir", part));
                    } else if (!dataLowers.isEmpty()) {
                        throw new IllegalArgumentException(
                                "lowerdir '" + value + "' has a lower below a data-only one");
                    } else {
                        lowers.add(directory("lowerdir", part));
                    }
                    isData = false;
                } else if (isData || lowers.isEmpty()) {
                    throw new IllegalArgumentException("lowerdir '" + value + "' has an empty path");
                } else {
                    isData = true;
                }
            }
            if (isData) {
                throw new IllegalArgumentException("lowerdir '" + value + "' has an empty path");
            }
        }

        private static Path directory(String name, String value) {
            if (value.isEmpty()) {
                throw new IllegalArgumentException("mount option '" + name + "' needs a directory");
            }
            return Path.of(unescape(value)).toAbsolutePath();
        }

        private void set(Feature feature, boolean wanted) {
            (wanted ? on : off).add(feature);
            (wanted ? off : on).remove(feature);
        }

        private static boolean isOn(String name, String value) {
            return switch (value) {
                case "on" -> true;
                case "off" -> false;
                default ->
                    throw new IllegalArgumentException("mount option '" + name + "' is on or off, not '" + value + "'");
            };
        }

        /** {@code off} is about those of the layers' file systems, the other values about the mount's own. */
        private void setUuid(String value) {
            switch (value) {
                case "off", "on", "auto", "null" -> {
                    set(Feature.NO_UUID, value.equals("off"));
                    set(Feature.MOUNT_UUID, value.equals("on"));
                }
                default ->
                    throw new IllegalArgumentException(
                            "mount option 'uuid' is on, off, auto or null, not '" + value + "'");
            }
        }

        private void setVerity(String value) {
            switch (value) {
                case "off", "on", "require" -> {
                    set(Feature.VERITY, !value.equals("off"));
                    set(Feature.REQUIRE_VERITY, value.equals("require"));
                }
                default ->
                    throw new IllegalArgumentException(
                            "mount option 'verity' is on, off or require, not '" + value + "'");
            }
        }

        private static RedirectPolicy redirectPolicy(String value) {
            return switch (value) {
                case "on" -> RedirectPolicy.ON;
                case "off" -> RedirectPolicy.OFF;
                case "follow" -> RedirectPolicy.FOLLOW;
                case "nofollow" -> RedirectPolicy.NOFOLLOW;
                default ->
                    throw new IllegalArgumentException(
                            "mount option 'redirect_dir' is on, off, follow or nofollow, not '" + value + "'");
            };
        }

        MountOptions finish() {
            OptionRules rules = new OptionRules(upper != null, redirect, on, off);
            return new MountOptions(
                    new OverlayOptions(
                            lowers, dataLowers, upper, work, rules.redirect(), rules.features(), owners.finish()),
                    generic);
        }
    }
}
