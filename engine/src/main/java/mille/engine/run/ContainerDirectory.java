package mille.engine.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a container's keeper writes into the container's directory of the store: its bundle and what the runtime remembers. */
record ContainerDirectory(Path path, String id) {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    Path config() {
        return path.resolve("config.json");
    }

    Path hosts() {
        return path.resolve("hosts");
    }

    Path hostname() {
        return path.resolve("hostname");
    }

    Path resolvConf() {
        return path.resolve("resolv.conf");
    }

    /** What the container wrote, one JSON object a line. Docker's name for it. */
    Path log() {
        return path.resolve(id + "-json.log");
    }

    /** What the runtime says of itself. */
    Path runtimeLog() {
        return path.resolve("runtime.log");
    }

    /** The runtime's own state. It is worthless after a restart of the machine, and no container of ours outlives its keeper anyway. */
    Path runtimeState() {
        return path.resolve("runtime");
    }

    Path pidFile() {
        return path.resolve("pid");
    }

    void writeConfig(BundleSpec spec) throws IOException {
        JsonObject json = spec.toJson();
        Files.writeString(config(), GSON.toJson(json));
    }

    /** The three files that tell a process where it is. A host's network comes with the host's names. */
    void writeNames(String name, NetworkMode network) throws IOException {
        Files.writeString(hostname(), name + "\n");
        Path hostsOfHost = Path.of("/etc/hosts");
        Path resolverOfHost = Path.of("/etc/resolv.conf");
        byte[] resolver = Files.exists(resolverOfHost) ? Files.readAllBytes(resolverOfHost) : new byte[0];
        Files.write(resolvConf(), resolver);
        if (network == NetworkMode.HOST && Files.exists(hostsOfHost)) {
            Files.write(hosts(), Files.readAllBytes(hostsOfHost));
            return;
        }
        String text = """
                127.0.0.1\tlocalhost %s
                ::1\tlocalhost ip6-localhost ip6-loopback
                fe00::\tip6-localnet
                ff00::\tip6-mcastprefix
                ff02::1\tip6-allnodes
                ff02::2\tip6-allrouters
                """.formatted(name);
        Files.write(hosts(), text.getBytes(StandardCharsets.UTF_8));
    }
}
