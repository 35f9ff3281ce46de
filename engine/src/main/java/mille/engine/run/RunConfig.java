package mille.engine.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mille.oci.ProcessDefaults;

/**
 * How a container is run each time it is started: its image's defaults with what the user wanted otherwise. It is kept as JSON in the
 * shape of {@code docker inspect}, so that what is kept is what is shown.
 *
 * @param hostname empty for the start of the container's id
 * @param env {@code NAME=value} each
 * @param entrypoint what comes first in the command line
 * @param cmd what comes after it
 * @param workingDir empty for the root
 * @param stopSignal empty for the usual one
 */
public record RunConfig(
        String hostname,
        String user,
        List<String> env,
        List<String> entrypoint,
        List<String> cmd,
        String workingDir,
        Map<String, String> labels,
        List<BindMount> mounts,
        NetworkMode network,
        Set<RunFlag> flags,
        String runtime,
        String stopSignal) {

    public RunConfig {
        env = List.copyOf(env);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        mounts = List.copyOf(mounts);
        flags = Set.copyOf(flags);
    }

    /**
     * @throws IllegalArgumentException where neither image nor user names a command
     */
    public static RunConfig of(ProcessDefaults image, RunRequest request) {
        List<String> asked = request.entrypoint();
        // A new entry point makes the image's arguments meaningless: Docker drops them too.
        List<String> cmd = request.command().isEmpty() && asked == null ? image.cmd() : request.command();
        List<String> entrypoint = asked == null ? image.entrypoint() : asked;
        if (cmd.isEmpty() && entrypoint.isEmpty()) {
            throw new IllegalArgumentException(
                    "no command specified: the image names none, so give one after the image's name");
        }
        Map<String, String> labels = new LinkedHashMap<>(image.labels());
        labels.putAll(request.labels());
        String workingDir = request.workingDir();
        String user = request.user();
        String hostname = request.hostname();
        return new RunConfig(
                hostname == null ? "" : hostname,
                user == null ? image.user() : user,
                new Environment().putAll(image.env()).putAll(request.env()).assignments(),
                entrypoint,
                cmd,
                workingDir == null ? image.workingDir() : workingDir,
                labels,
                mounts(image.volumes(), request.mounts()),
                request.network(),
                request.flags(),
                request.runtime(),
                image.stopSignal());
    }

    private static List<BindMount> mounts(Set<String> imageVolumes, List<BindMount> asked) {
        List<BindMount> mounts = new ArrayList<>(asked);
        Set<String> taken = new LinkedHashSet<>();
        for (BindMount mount : asked) {
            if (!taken.add(mount.destination())) {
                throw new IllegalArgumentException("duplicate mount point: " + mount.destination());
            }
        }
        for (String volume : imageVolumes) {
            if (taken.add(volume)) {
                mounts.add(new BindMount(null, volume, BindMount.Access.READ_WRITE));
            }
        }
        return mounts;
    }

    public boolean has(RunFlag flag) {
        return flags.contains(flag);
    }

    /** The whole command line. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>(entrypoint);
        arguments.addAll(cmd);
        return arguments;
    }

    /** {@code Config} and {@code HostConfig}, as Docker names and nests them. */
    public JsonObject toJson() {
        JsonObject config = new JsonObject();
        config.addProperty("Hostname", hostname);
        config.addProperty("Domainname", "");
        config.addProperty("User", user);
        config.addProperty("AttachStdin", has(RunFlag.STDIN));
        config.addProperty("AttachStdout", true);
        config.addProperty("AttachStderr", true);
        config.addProperty("Tty", has(RunFlag.TERMINAL));
        config.addProperty("OpenStdin", has(RunFlag.STDIN));
        config.addProperty("StdinOnce", has(RunFlag.STDIN));
        config.add("Env", array(env));
        config.add("Cmd", array(cmd));
        config.add("Volumes", volumes());
        config.addProperty("WorkingDir", workingDir);
        config.add("Entrypoint", array(entrypoint));
        JsonObject labelsJson = new JsonObject();
        labels.forEach(labelsJson::addProperty);
        config.add("Labels", labelsJson);
        if (!stopSignal.isEmpty()) {
            config.addProperty("StopSignal", stopSignal);
        }
        JsonObject host = new JsonObject();
        host.add(
                "Binds",
                array(mounts.stream()
                        .filter(m -> m.source() != null)
                        .map(BindMount::toString)
                        .toList()));
        host.addProperty("NetworkMode", network.toString());
        host.addProperty("AutoRemove", has(RunFlag.AUTO_REMOVE));
        host.addProperty("ReadonlyRootfs", has(RunFlag.READ_ONLY_ROOT));
        host.addProperty("Runtime", runtime);
        JsonObject json = new JsonObject();
        json.add("Config", config);
        json.add("HostConfig", host);
        return json;
    }

    private JsonObject volumes() {
        JsonObject volumes = new JsonObject();
        for (BindMount mount : mounts) {
            if (mount.source() == null) {
                volumes.add(mount.destination(), new JsonObject());
            }
        }
        return volumes;
    }

    /** Reads what {@link #toJson} wrote. */
    public static RunConfig fromJson(JsonObject json) {
        JsonObject config = json.getAsJsonObject("Config");
        JsonObject host = json.getAsJsonObject("HostConfig");
        Map<String, String> labels = new LinkedHashMap<>();
        config.getAsJsonObject("Labels")
                .entrySet()
                .forEach(entry -> labels.put(entry.getKey(), entry.getValue().getAsString()));
        List<BindMount> mounts = new ArrayList<>();
        strings(host.getAsJsonArray("Binds")).forEach(bind -> mounts.add(BindMount.parse(bind)));
        config.getAsJsonObject("Volumes")
                .keySet()
                .forEach(volume -> mounts.add(new BindMount(null, volume, BindMount.Access.READ_WRITE)));
        Set<RunFlag> flags = EnumSet.noneOf(RunFlag.class);
        addIf(flags, RunFlag.STDIN, config.get("OpenStdin"));
        addIf(flags, RunFlag.TERMINAL, config.get("Tty"));
        addIf(flags, RunFlag.AUTO_REMOVE, host.get("AutoRemove"));
        addIf(flags, RunFlag.READ_ONLY_ROOT, host.get("ReadonlyRootfs"));
        return new RunConfig(
                config.get("Hostname").getAsString(),
                config.get("User").getAsString(),
                strings(config.getAsJsonArray("Env")),
                strings(config.getAsJsonArray("Entrypoint")),
                strings(config.getAsJsonArray("Cmd")),
                config.get("WorkingDir").getAsString(),
                labels,
                mounts,
                NetworkMode.parse(host.get("NetworkMode").getAsString()),
                flags,
                host.get("Runtime").getAsString(),
                config.has("StopSignal") ? config.get("StopSignal").getAsString() : "");
    }

    private static void addIf(Set<RunFlag> flags, RunFlag flag, JsonElement isSet) {
        if (isSet.getAsBoolean()) {
            flags.add(flag);
        }
    }

    private static JsonArray array(List<String> strings) {
        JsonArray array = new JsonArray();
        strings.forEach(array::add);
        return array;
    }

    private static List<String> strings(JsonArray array) {
        return array.asList().stream().map(JsonElement::getAsString).toList();
    }
}
