package mille.engine.run;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a user wants otherwise than the image has it.
 *
 * @param command empty takes the image's
 * @param entrypoint null takes the image's; an empty list takes it away
 * @param env {@code NAME=value}, or {@code NAME} alone, which takes that variable away
 * @param workingDir null takes the image's
 * @param user null takes the image's
 * @param hostname null makes one up from the container's id
 */
public record RunRequest(
        List<String> command,
        @Nullable List<String> entrypoint,
        List<String> env,
        @Nullable String workingDir,
        @Nullable String user,
        @Nullable String hostname,
        Map<String, String> labels,
        List<BindMount> mounts,
        NetworkMode network,
        Set<RunFlag> flags,
        String runtime) {
    /** The runtime that is taken unless another is named. */
    public static final String DEFAULT_RUNTIME = "runc";

    public RunRequest {
        command = List.copyOf(command);
        entrypoint = entrypoint == null ? null : List.copyOf(entrypoint);
        env = List.copyOf(env);
        labels = Map.copyOf(labels);
        mounts = List.copyOf(mounts);
        flags = Set.copyOf(flags);
        if (workingDir != null && !workingDir.startsWith("/")) {
            throw new IllegalArgumentException(
                    "the working directory '" + workingDir + "' is invalid: it needs to be an absolute path");
        }
    }
}
