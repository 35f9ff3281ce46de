package mille.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import mille.linux.DetachedMount;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.MountContext;
import mille.linux.MountTable;
import mille.linux.Mounts;
import mille.mount.OverlayDirectories.Directory;
import mille.overlay.OverlayOptions;
import mille.overlay.OverlayOptions.Feature;
import mille.overlay.RedirectPolicy;

/**
 * The overlay of the kernel itself ({@code Documentation/filesystems/overlayfs.rst}).
 *
 * <p>Layers are handed over one by one as open directories, so that neither their number nor strange bytes in their names matter (Linux
 * 6.13). Older kernels get them as names in one string of at most a page.
 */
public final class KernelMounter implements Mounter {
    /** How the kernel learns of the directories. */
    enum Passing {
        /** {@code lowerdir+}, {@code upperdir} and so on by {@code fsconfig(2)}, each an open directory. */
        DESCRIPTORS,
        /** {@code lowerdir=A:B,upperdir=...} by {@code mount(2)}. */
        NAMES
    }

    /** What {@code mount(2)} reads of its data, less the closing NUL. */
    private static final int MAX_DATA_BYTES = 4095;

    private final List<Passing> attempts;

    public KernelMounter() {
        this(Passing.DESCRIPTORS, Passing.NAMES);
    }

    KernelMounter(Passing... attempts) {
        this.attempts = List.of(attempts);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException for a mount option that nobody knows
     * @throws ErrnoException ENODEV where the kernel has no overlay, EPERM without the right to mount
     */
    @Override
    public MountedOverlay mount(OverlayOptions options, Path merged, List<String> mountOptions) throws IOException {
        GenericOptions generic = GenericOptions.parse(mountOptions);
        requireLayers(options);
        Path target = MountTarget.existing(merged);
        try (OverlayDirectories directories = OverlayDirectories.open(options)) {
            mount(options, directories, generic, target);
        }
        MountTable.Entry entry = MountTable.read().at(target);
        if (entry == null) {
            throw new IOException(merged + " was unmounted as soon as it was mounted");
        }
        return new KernelMount(entry);
    }

    /** What the kernel says of these in its log alone. */
    private static void requireLayers(OverlayOptions options) throws IOException {
        if (!options.owners().areAsStored()
                || options.has(Feature.STATIC_NLINK)
                || options.has(Feature.WHITEOUT_FILES)) {
            throw new IOException(
                    "the kernel's overlay knows no squash_to_*, *idmapping, xattr_permissions, static_nlink or whiteout_files");
        }
        if (options.lowers().isEmpty()) {
            throw new IOException("the kernel's overlay needs a lower directory");
        }
        if (options.upper() == null
                && options.lowers().size() + options.dataLowers().size() == 1) {
            throw new IOException(
                    "the kernel's overlay needs a second lower directory where there is no upper directory");
        }
    }

    private void mount(OverlayOptions options, OverlayDirectories directories, GenericOptions generic, Path target)
            throws IOException {
        for (Passing passing : attempts) {
            boolean understood = switch (passing) {
                case DESCRIPTORS -> mountByDescriptors(options, directories, generic, target);
                case NAMES -> mountByNames(options, directories, generic, target);
            };
            if (understood) {
                return;
            }
        }
        throw new IOException("this kernel's overlay can't be handed its layers one by one");
    }

    /**
     * @return false where the kernel doesn't take layers this way; nothing has happened then
     */
    private static boolean mountByDescriptors(
            OverlayOptions options, OverlayDirectories directories, GenericOptions generic, Path target)
            throws IOException {
        try (MountContext context = MountContext.open("overlay")) {
            if (!takesDescriptors(context, directories)) {
                return false;
            }
            try {
                configure(context, options, directories, generic);
                context.create();
            } catch (ErrnoException e) {
                throw explained(e, context.messages());
            }
            try (DetachedMount mount = context.mount(generic.attributes())) {
                mount.attach(target);
            }
            return true;
        }
    }

    /** Sets the lower directories, the first of which shows whether the kernel is new enough. */
    private static boolean takesDescriptors(MountContext context, OverlayDirectories directories) throws IOException {
        boolean first = true;
        for (Directory lower : directories.lowers()) {
            try {
                context.setDescriptor("lowerdir+", lower.fd());
            } catch (ErrnoException e) {
                List<MountContext.Message> messages = context.messages();
                if (first && e.errno() == Errno.EINVAL && isAboutTheOption(messages)) {
                    return false;
                }
                throw explained(e, messages);
            }
            first = false;
        }
        return true;
    }

    /** Unlike what the kernel says of a directory that doesn't suit it. */
    private static boolean isAboutTheOption(List<MountContext.Message> messages) {
        return messages.stream().anyMatch(message -> message.text().contains("'lowerdir+'"));
    }

    private static void configure(
            MountContext context, OverlayOptions options, OverlayDirectories directories, GenericOptions generic)
            throws ErrnoException {
        for (Directory lower : directories.dataLowers()) {
            context.setDescriptor("datadir+", lower.fd());
        }
        Directory upper = directories.upper();
        Directory work = directories.work();
        if (upper != null && work != null) {
            context.setDescriptor("upperdir", upper.fd());
            context.setDescriptor("workdir", work.fd());
        }
        for (Map.Entry<String, String> option : settings(options).entrySet()) {
            if (option.getValue().isEmpty()) {
                context.setFlag(option.getKey());
            } else {
                context.setString(option.getKey(), option.getValue());
            }
        }
        for (String flag : generic.fileSystemFlags()) {
            context.setFlag(flag);
        }
        context.setString("source", generic.source());
    }

    /** All that isn't a directory; an empty value stands for none. What is off is said too, since a kernel may have it on by default. */
    private static Map<String, String> settings(OverlayOptions options) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (options.upper() != null) { // without one there never is an index, and to say so contradicts nfs_export=on
            settings.put("index", onOff(options, Feature.INDEX));
        }
        settings.put("metacopy", onOff(options, Feature.METACOPY));
        settings.put("xino", onOff(options, Feature.XINO));
        settings.put("nfs_export", onOff(options, Feature.NFS_EXPORT));
        if (options.has(Feature.NO_UUID)) {
            settings.put("uuid", "off");
        } else if (options.has(Feature.MOUNT_UUID)) {
            settings.put("uuid", "on");
        }
        if (options.has(Feature.VERITY)) { // which kernels before 6.6 don't know
            settings.put("verity", options.has(Feature.REQUIRE_VERITY) ? "require" : "on");
        }
        // With userxattr the kernel follows no redirects, and takes any word on them, off included, for a
        // contradiction.
        if (!(options.has(Feature.USERXATTR) && options.redirect() == RedirectPolicy.OFF)) {
            settings.put("redirect_dir", options.redirect().name().toLowerCase(Locale.ROOT));
        }
        if (options.has(Feature.USERXATTR)) {
            settings.put("userxattr", "");
        }
        if (options.has(Feature.VOLATILE)) {
            settings.put("volatile", "");
        }
        if (options.has(Feature.READ_ONLY)) {
            settings.put("ro", "");
        }
        return settings;
    }

    private static String onOff(OverlayOptions options, Feature feature) {
        return options.has(feature) ? "on" : "off";
    }

    private static boolean mountByNames(
            OverlayOptions options, OverlayDirectories directories, GenericOptions generic, Path target)
            throws IOException {
        String data = data(options, directories, Naming.PATHS);
        if (!fits(data)) {
            data = data(options, directories, Naming.DESCRIPTORS);
        }
        if (!fits(data)) {
            throw new IOException("this kernel's overlay takes the names of its layers in " + MAX_DATA_BYTES
                    + " bytes, too few for " + directories.lowers().size() + " layers");
        }
        long flags = generic.flags() | (options.has(Feature.READ_ONLY) ? Mounts.MS_RDONLY : 0);
        try {
            Mounts.mount(generic.source(), target, "overlay", flags, data);
        } catch (ErrnoException e) {
            throw explained(e, List.of());
        }
        return true;
    }

    private static boolean fits(String data) {
        return data.getBytes(StandardCharsets.UTF_8).length <= MAX_DATA_BYTES;
    }

    /** What stands for a directory in the string. */
    private enum Naming {
        PATHS,
        /** Short whatever the path is, and good for as long as the descriptor is open; but the mount table then shows it. */
        DESCRIPTORS;

        String of(Directory directory) {
            Path path = switch (this) {
                case PATHS -> directory.path();
                case DESCRIPTORS -> directory.fd().procPath();
            };
            return path.toString().replace("\\", "\\\\").replace(",", "\\,");
        }
    }

    private static String data(OverlayOptions options, OverlayDirectories directories, Naming naming) {
        StringBuilder data = new StringBuilder("lowerdir=").append(joined(directories.lowers(), naming, ":"));
        if (!directories.dataLowers().isEmpty()) {
            data.append("::").append(joined(directories.dataLowers(), naming, "::"));
        }
        Directory upper = directories.upper();
        Directory work = directories.work();
        if (upper != null && work != null) {
            data.append(",upperdir=").append(naming.of(upper));
            data.append(",workdir=").append(naming.of(work));
        }
        settings(options).forEach((name, value) -> {
            if (!name.equals("ro")) {
                data.append(',').append(name).append(value.isEmpty() ? "" : "=" + value);
            }
        });
        return data.toString();
    }

    private static String joined(List<Directory> directories, Naming naming, String separator) {
        return directories.stream()
                .map(directory -> naming.of(directory).replace(":", "\\:"))
                .collect(Collectors.joining(separator));
    }

    private static IOException explained(ErrnoException error, List<MountContext.Message> messages) {
        if (error.errno() == Errno.EBUSY) {
            return new IOException("the upper or work directory is in use by another overlay", error);
        }
        String reasons = messages.stream()
                .map(message -> message.text().replaceFirst("^overlay: ", ""))
                .collect(Collectors.joining("; "));
        if (!reasons.isEmpty()) {
            return new IOException("the kernel's overlay refuses: " + reasons + " (" + error.errno() + ")", error);
        }
        if (error.errno() == Errno.EINVAL) {
            return new IOException(
                    "the kernel's overlay refuses these directories or options (EINVAL); dmesg may say why", error);
        }
        return error;
    }
}
