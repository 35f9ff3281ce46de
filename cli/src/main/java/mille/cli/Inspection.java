package mille.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import mille.engine.Engine;
import mille.engine.model.Container;
import mille.engine.model.ContainerState;
import mille.engine.model.GraphDriver;
import mille.engine.model.Image;
import mille.engine.run.ContainerRun;
import mille.engine.run.MountPoint;
import mille.engine.run.RunConfig;
import mille.oci.ImageConfig;
import mille.oci.ProcessDefaults;
import mille.oci.Reference;
import org.jspecify.annotations.Nullable;

/** Containers and images as {@code docker inspect} shows them: its members, its names, its values for what isn't there. */
final class Inspection {
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private final Engine engine;

    Inspection(Engine engine) {
        this.engine = engine;
    }

    /** One word in small letters. */
    static String status(ContainerState state) {
        return state.status().name().toLowerCase(Locale.ROOT);
    }

    JsonObject of(Container container) throws IOException {
        RunConfig config = RunConfig.fromJson(container.config());
        List<String> arguments = config.arguments();
        Path directory = engine.directory(container);
        JsonObject json = new JsonObject();
        json.addProperty("Id", container.id());
        json.addProperty("Created", container.created().toString());
        json.addProperty("Path", arguments.getFirst());
        json.add("Args", Json.array(arguments.subList(1, arguments.size())));
        json.add("State", state(container.state()));
        json.addProperty("Image", container.image().toString());
        json.addProperty("ResolvConfPath", directory.resolve("resolv.conf").toString());
        json.addProperty("HostnamePath", directory.resolve("hostname").toString());
        json.addProperty("HostsPath", directory.resolve("hosts").toString());
        json.addProperty("LogPath", ContainerRun.logOf(engine, container).toString());
        json.addProperty("Name", "/" + container.name());
        json.addProperty("RestartCount", 0);
        json.addProperty("Driver", GraphDriver.NAME);
        json.addProperty("Platform", "linux");
        json.add("HostConfig", container.config().get("HostConfig"));
        json.add("GraphDriver", graphDriver(engine.directories(container)));
        json.add("Mounts", mounts(MountPoint.of(config, directory)));
        JsonObject own = container.config().getAsJsonObject("Config").deepCopy();
        if (config.hostname().isEmpty()) {
            own.addProperty("Hostname", container.shortId());
        }
        own.addProperty("Image", container.imageName());
        json.add("Config", own);
        json.add("NetworkSettings", networks(config));
        return json;
    }

    private static JsonObject state(ContainerState state) {
        JsonObject json = new JsonObject();
        json.addProperty("Status", status(state));
        json.addProperty("Running", state.isRunning());
        json.addProperty("Paused", false);
        json.addProperty("Restarting", false);
        json.addProperty("OOMKilled", false);
        json.addProperty("Dead", false);
        json.addProperty("Pid", state.pid());
        json.addProperty("ExitCode", state.exitCode());
        json.addProperty("Error", state.error());
        json.addProperty("StartedAt", time(state.started()));
        json.addProperty("FinishedAt", time(state.finished()));
        return json;
    }

    private static String time(@Nullable Instant instant) {
        return instant == null ? NEVER : instant.toString();
    }

    private static JsonObject graphDriver(GraphDriver directories) {
        JsonObject data = new JsonObject();
        directories.data().forEach(data::addProperty);
        JsonObject json = new JsonObject();
        json.add("Data", data);
        json.addProperty("Name", GraphDriver.NAME);
        return json;
    }

    private static JsonArray mounts(List<MountPoint> mounts) {
        JsonArray json = new JsonArray();
        for (MountPoint mount : mounts) {
            JsonObject one = new JsonObject();
            one.addProperty("Type", mount.type().name().toLowerCase(Locale.ROOT));
            one.addProperty("Source", mount.source().toString());
            one.addProperty("Destination", mount.destination());
            one.addProperty("Mode", mount.isWritable() ? "" : "ro");
            one.addProperty("RW", mount.isWritable());
            one.addProperty("Propagation", mount.type() == MountPoint.Type.BIND ? "rprivate" : "");
            json.add(one);
        }
        return json;
    }

    private static JsonObject networks(RunConfig config) {
        JsonObject networks = new JsonObject();
        networks.add(config.network().toString(), new JsonObject());
        JsonObject json = new JsonObject();
        json.add("Ports", new JsonObject());
        json.add("Networks", networks);
        return json;
    }

    JsonObject of(Image image) throws IOException {
        ImageConfig config = engine.config(image);
        JsonObject json = new JsonObject();
        json.addProperty("Id", image.id().toString());
        json.add("RepoTags", names(image.tags()));
        json.add("RepoDigests", names(image.digests()));
        json.addProperty("Parent", "");
        json.addProperty("Comment", "");
        json.addProperty("Created", image.created().toString());
        json.addProperty("Author", config.author());
        json.add("Config", process(config.process()));
        json.addProperty("Architecture", config.platform().architecture());
        if (config.platform().variant() != null) {
            json.addProperty("Variant", config.platform().variant());
        }
        json.addProperty("Os", config.platform().os());
        json.addProperty("Size", image.sizeBytes());
        json.add("GraphDriver", graphDriver(engine.directories(image)));
        JsonArray layers = new JsonArray();
        image.diffIds().forEach(diffId -> layers.add(diffId.toString()));
        JsonObject rootFs = new JsonObject();
        rootFs.addProperty("Type", "layers");
        rootFs.add("Layers", layers);
        json.add("RootFS", rootFs);
        JsonObject metadata = new JsonObject();
        metadata.addProperty("LastTagTime", NEVER);
        json.add("Metadata", metadata);
        return json;
    }

    private static JsonArray names(List<Reference> names) {
        return Json.array(names.stream().map(Reference::familiar).toList());
    }

    private static JsonObject process(ProcessDefaults process) {
        JsonObject labels = new JsonObject();
        process.labels().forEach(labels::addProperty);
        JsonObject json = new JsonObject();
        json.addProperty("User", process.user());
        json.add("ExposedPorts", keys(process.exposedPorts()));
        json.add("Env", Json.array(process.env()));
        json.add("Cmd", process.cmd().isEmpty() ? JsonNull.INSTANCE : Json.array(process.cmd()));
        json.add("Volumes", process.volumes().isEmpty() ? JsonNull.INSTANCE : keys(process.volumes()));
        json.addProperty("WorkingDir", process.workingDir());
        json.add("Entrypoint", process.entrypoint().isEmpty() ? JsonNull.INSTANCE : Json.array(process.entrypoint()));
        json.add("Labels", process.labels().isEmpty() ? JsonNull.INSTANCE : labels);
        if (!process.stopSignal().isEmpty()) {
            json.addProperty("StopSignal", process.stopSignal());
        }
        return json;
    }

    private static JsonObject keys(Collection<String> names) {
        JsonObject json = new JsonObject();
        names.forEach(name -> json.add(name, new JsonObject()));
        return json;
    }
}
