package mille.oci;

import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import mille.oci.json.JsonFields;
import mille.oci.json.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * What a container of an image runs as unless told otherwise: the {@code config} object of an image config (OCI image spec, config), with
 * Docker's additions. Empty strings and lists stand for "not set".
 *
 * @param user name or number, with {@code :group} or without
 * @param env {@code NAME=value} each
 * @param exposedPorts {@code 80/tcp} each
 * @param volumes absolute paths
 * @param shell what Docker's build runs {@code RUN} lines with
 * @param stopTimeoutSeconds {@code null} where not set
 */
public record ProcessDefaults(
        String user,
        List<String> env,
        List<String> entrypoint,
        List<String> cmd,
        String workingDir,
        Map<String, String> labels,
        SortedSet<String> volumes,
        SortedSet<String> exposedPorts,
        String stopSignal,
        @Nullable Long stopTimeoutSeconds,
        @Nullable Healthcheck healthcheck,
        List<String> shell,
        List<String> onBuild) {

    /** Nothing set. */
    public static final ProcessDefaults NONE = new ProcessDefaults(
            "",
            List.of(),
            List.of(),
            List.of(),
            "",
            Map.of(),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            "",
            null,
            null,
            List.of(),
            List.of());

    public ProcessDefaults {
        env = List.copyOf(env);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        volumes = sorted(volumes);
        exposedPorts = sorted(exposedPorts);
        shell = List.copyOf(shell);
        onBuild = List.copyOf(onBuild);
    }

    /** This but for the command, which replaces both entry point and arguments of old. */
    public ProcessDefaults withCommand(List<String> newEntrypoint, List<String> newCmd) {
        return new ProcessDefaults(
                user,
                env,
                newEntrypoint,
                newCmd,
                workingDir,
                labels,
                volumes,
                exposedPorts,
                stopSignal,
                stopTimeoutSeconds,
                healthcheck,
                shell,
                onBuild);
    }

    public ProcessDefaults withEnv(List<String> newEnv) {
        return new ProcessDefaults(
                user,
                newEnv,
                entrypoint,
                cmd,
                workingDir,
                labels,
                volumes,
                exposedPorts,
                stopSignal,
                stopTimeoutSeconds,
                healthcheck,
                shell,
                onBuild);
    }

    static ProcessDefaults read(@Nullable JsonFields fields) throws IOException {
        if (fields == null) {
            return NONE;
        }
        return new ProcessDefaults(
                fields.stringOrEmpty("User"),
                fields.strings("Env"),
                fields.strings("Entrypoint"),
                fields.strings("Cmd"),
                fields.stringOrEmpty("WorkingDir"),
                fields.stringMap("Labels"),
                fields.keySet("Volumes"),
                fields.keySet("ExposedPorts"),
                fields.stringOrEmpty("StopSignal"),
                fields.number("StopTimeout"),
                Healthcheck.read(fields.object("Healthcheck")),
                fields.strings("Shell"),
                fields.strings("OnBuild"));
    }

    JsonText toJson() {
        return new JsonText()
                .put("User", user)
                .putKeySet("ExposedPorts", exposedPorts)
                .putStrings("Env", env)
                .putStrings("Entrypoint", entrypoint)
                .putStrings("Cmd", cmd)
                .put("Healthcheck", healthcheck == null ? null : healthcheck.toJson())
                .putKeySet("Volumes", volumes)
                .put("WorkingDir", workingDir)
                .putStrings("OnBuild", onBuild)
                .put("Labels", labels)
                .put("StopSignal", stopSignal)
                .put("StopTimeout", stopTimeoutSeconds)
                .putStrings("Shell", shell);
    }

    private static SortedSet<String> sorted(Collection<String> values) {
        return Collections.unmodifiableSortedSet(new TreeSet<>(values));
    }
}
