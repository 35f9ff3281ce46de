package mille.engine.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mille.linux.Terminal;
import org.jspecify.annotations.Nullable;

/**
 * The {@code config.json} of an OCI bundle (runtime spec 1.0.2), with what Docker gives a container unless it is told otherwise:
 * fourteen capabilities, its own namespaces, masked and read-only places under {@code /proc} and {@code /sys}.
 *
 * @param id names its control groups too
 * @param root where the union is mounted
 * @param env complete
 * @param mounts besides the kernel's file systems, in order
 * @param size of the terminal; null where there is none or nobody knows
 */
record BundleSpec(
        String id,
        Path root,
        String hostname,
        RunConfig config,
        ContainerUser user,
        List<String> env,
        List<Mount> mounts,
        Terminal.@Nullable Size size) {

    /** Something of the host at a place in the container. */
    record Mount(Path source, String destination, BindMount.Access access) {}

    private static final String SPEC_VERSION = "1.0.2";
    private static final List<String> CAPABILITIES = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FSETID",
            "CAP_FOWNER",
            "CAP_MKNOD",
            "CAP_NET_RAW",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETFCAP",
            "CAP_SETPCAP",
            "CAP_NET_BIND_SERVICE",
            "CAP_SYS_CHROOT",
            "CAP_KILL",
            "CAP_AUDIT_WRITE");
    private static final List<String> MASKED = List.of(
            "/proc/asound",
            "/proc/acpi",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/firmware",
            "/sys/devices/virtual/powercap");
    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");
    private static final Path CGROUP2_MARK = Path.of("/sys/fs/cgroup/cgroup.controllers");

    JsonObject toJson() {
        JsonObject rootJson = new JsonObject();
        rootJson.addProperty("path", root.toString());
        rootJson.addProperty("readonly", config.has(RunFlag.READ_ONLY_ROOT));
        JsonObject json = new JsonObject();
        json.addProperty("ociVersion", SPEC_VERSION);
        json.add("process", process());
        json.add("root", rootJson);
        json.addProperty("hostname", hostname);
        json.add("mounts", mountsJson());
        json.add("linux", linux());
        return json;
    }

    private JsonObject process() {
        JsonObject userJson = new JsonObject();
        userJson.addProperty("uid", user.uid());
        userJson.addProperty("gid", user.gid());
        JsonArray groups = new JsonArray();
        user.groups().forEach(groups::add);
        userJson.add("additionalGids", groups);
        JsonObject process = new JsonObject();
        process.addProperty("terminal", config.has(RunFlag.TERMINAL));
        if (size != null && size.rows() > 0) {
            JsonObject consoleSize = new JsonObject();
            consoleSize.addProperty("height", size.rows());
            consoleSize.addProperty("width", size.columns());
            process.add("consoleSize", consoleSize);
        }
        process.add("user", userJson);
        process.add("args", array(config.arguments()));
        process.add("env", array(env));
        process.addProperty("cwd", config.workingDir().isEmpty() ? "/" : config.workingDir());
        process.add("capabilities", capabilities());
        process.addProperty("noNewPrivileges", false);
        return process;
    }

    /** Who isn't root starts with none, and gets them back only through a program that is set-user-ID or has file capabilities. */
    private JsonObject capabilities() {
        JsonObject capabilities = new JsonObject();
        capabilities.add("bounding", array(CAPABILITIES));
        if (user.uid() == 0) {
            capabilities.add("effective", array(CAPABILITIES));
            capabilities.add("permitted", array(CAPABILITIES));
        }
        return capabilities;
    }

    private JsonArray mountsJson() {
        JsonArray json = new JsonArray();
        json.add(mount("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")));
        json.add(mount("/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")));
        json.add(mount(
                "/dev/pts",
                "devpts",
                "devpts",
                List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")));
        json.add(mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "ro")));
        json.add(mount("/sys/fs/cgroup", "cgroup", "cgroup", List.of("ro", "nosuid", "noexec", "nodev")));
        json.add(mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")));
        json.add(mount("/dev/shm", "tmpfs", "shm", List.of("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")));
        for (Mount mount : mounts) {
            String access = mount.access == BindMount.Access.READ_ONLY ? "ro" : "rw";
            json.add(mount(mount.destination, "bind", mount.source.toString(), List.of("rbind", "rprivate", access)));
        }
        return json;
    }

    private static JsonObject mount(String destination, String type, String source, List<String> options) {
        JsonObject mount = new JsonObject();
        mount.addProperty("destination", destination);
        mount.addProperty("type", type);
        mount.addProperty("source", source);
        mount.add("options", array(options));
        return mount;
    }

    private JsonObject linux() {
        JsonArray devices = new JsonArray();
        devices.add(deviceRule(null, false, "rwm"));
        devices.add(deviceRule("c", true, "m")); // making a device file is harmless, opening it is not
        devices.add(deviceRule("b", true, "m"));
        JsonObject resources = new JsonObject();
        resources.add("devices", devices);
        JsonObject linux = new JsonObject();
        linux.addProperty("cgroupsPath", "/mille-" + id);
        linux.add("resources", resources);
        linux.add("namespaces", namespaces());
        linux.add("maskedPaths", array(MASKED));
        linux.add("readonlyPaths", array(READ_ONLY));
        return linux;
    }

    private static JsonObject deviceRule(@Nullable String type, boolean allow, String access) {
        JsonObject rule = new JsonObject();
        rule.addProperty("allow", allow);
        if (type != null) {
            rule.addProperty("type", type);
        }
        rule.addProperty("access", access);
        return rule;
    }

    private JsonArray namespaces() {
        JsonArray namespaces = new JsonArray();
        namespaces.add(namespace("mount"));
        namespaces.add(namespace("uts"));
        namespaces.add(namespace("pid"));
        namespaces.add(namespace("ipc"));
        if (config.network() == NetworkMode.NONE) {
            namespaces.add(namespace("network"));
        }
        if (Files.exists(CGROUP2_MARK)) { // as Docker: the older hierarchies are shown as the host has them
            namespaces.add(namespace("cgroup"));
        }
        return namespaces;
    }

    private static JsonObject namespace(String type) {
        JsonObject namespace = new JsonObject();
        namespace.addProperty("type", type);
        return namespace;
    }

    private static JsonArray array(List<String> strings) {
        JsonArray array = new JsonArray();
        strings.forEach(array::add);
        return array;
    }
}
