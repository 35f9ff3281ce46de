package mille.engine.run;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.O;
import mille.linux.RelativePath;

/** What of the host a container sees: the files that name it, the volumes, the user's binds. */
final class BundleMounts {
    private final ContainerDirectory directory;
    private final RunConfig config;

    BundleMounts(ContainerDirectory directory, RunConfig config) {
        this.directory = directory;
        this.config = config;
    }

    /** In the order in which they are to be mounted, the outer before the inner. What the user asks for wins over what we give. */
    List<BundleSpec.Mount> list() throws IOException {
        Map<String, BundleSpec.Mount> byDestination = new TreeMap<>();
        add(byDestination, directory.resolvConf(), "/etc/resolv.conf", BindMount.Access.READ_WRITE);
        add(byDestination, directory.hostname(), "/etc/hostname", BindMount.Access.READ_WRITE);
        add(byDestination, directory.hosts(), "/etc/hosts", BindMount.Access.READ_WRITE);
        for (MountPoint mount : MountPoint.of(config, directory.path())) {
            if (!Files.exists(mount.source())) {
                Files.createDirectories(mount.source()); // as Docker does for -v
            }
            add(byDestination, mount.source(), mount.destination(), mount.access());
        }
        List<BundleSpec.Mount> mounts = new ArrayList<>(byDestination.values());
        mounts.sort(
                Comparator.comparingInt(mount -> Path.of(mount.destination()).getNameCount()));
        return mounts;
    }

    private static void add(
            Map<String, BundleSpec.Mount> mounts, Path source, String destination, BindMount.Access access) {
        String normal = Path.of(destination).normalize().toString();
        mounts.put(normal, new BundleSpec.Mount(source, normal, access));
    }

    /**
     * Gives each volume of the container's own what the image has at its place, the first time that it runs.
     *
     * @param root of the container
     */
    void fillVolumes(Fd root) throws IOException {
        for (MountPoint mount : MountPoint.of(config, directory.path())) {
            if (mount.type() == MountPoint.Type.VOLUME && !Files.exists(mount.source())) {
                fill(root, mount.destination(), mount.source());
            }
        }
    }

    /** It appears under its name when it is whole. */
    private static void fill(Fd root, String destination, Path volume) throws IOException {
        Path filling = volume.resolveSibling(volume.getFileName() + ".new");
        run("rm", "-rf", "--", filling.toString());
        Files.createDirectories(filling);
        try (Fd image = root.openInRoot(
                RelativePath.parse(Path.of(destination).normalize().toString()), O.RDONLY | O.DIRECTORY)) {
            String pid = Long.toString(ProcessHandle.current().pid());
            run("cp", "-a", "--", "/proc/" + pid + "/fd/" + image.number() + "/.", filling.toString());
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                throw e;
            }
        }
        Files.move(filling, volume, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(
                        "could not fill a volume: " + said.lines().findFirst().orElse(command[0] + " failed"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while filling a volume", e);
        }
    }
}
