package mille.engine.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Something of the host that the user or the image put into a container.
 *
 * @param source on the host
 * @param destination in the container
 */
public record MountPoint(Type type, Path source, String destination, BindMount.Access access) {

    /** Whose it is. */
    public enum Type {
        /** The user's. */
        BIND,
        /** The container's own; it goes with the container. */
        VOLUME
    }

    public boolean isWritable() {
        return access == BindMount.Access.READ_WRITE;
    }

    /** All that a container has, in the order of its configuration. */
    public static List<MountPoint> of(RunConfig config, Path containerDirectory) {
        List<MountPoint> mounts = new ArrayList<>();
        int volume = 0;
        for (BindMount mount : config.mounts()) {
            Path source = mount.source();
            mounts.add(
                    source == null
                            ? new MountPoint(
                                    Type.VOLUME,
                                    containerDirectory.resolve("volumes").resolve(Integer.toString(volume++)),
                                    mount.destination(),
                                    mount.access())
                            : new MountPoint(Type.BIND, source, mount.destination(), mount.access()));
        }
        return mounts;
    }
}
