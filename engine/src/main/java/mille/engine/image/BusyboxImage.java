package mille.engine.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.oci.HistoryEntry;
import mille.oci.ImageConfig;
import mille.oci.Platform;
import mille.oci.ProcessDefaults;
import mille.oci.Reference;
import mille.oci.tar.ByteString;
import mille.oci.tar.TarContent;
import mille.oci.tar.TarEntry;
import mille.oci.tar.TarWriter;

/**
 * The image that Mille can make without a registry: the machine's static busybox with a small system around it.
 *
 * <p>It has two layers although one would do, the upper changing one file of the lower and removing another: so that even a first run goes
 * the whole way of a union. The same busybox always gives the same image.
 */
public final class BusyboxImage {
    /** The name under which people ask for it. */
    public static final Reference NAME = Reference.parse("busybox:latest");

    /** From Debian's package busybox-static. */
    private static final Path BINARY = Path.of("/bin/busybox");

    private static final int EXECUTABLE = 0755;
    private static final int READABLE = 0644;

    private final Instant modified;

    private BusyboxImage(Instant modified) {
        this.modified = modified;
    }

    /**
     * @throws EngineException NOT_FOUND where this machine has no busybox
     */
    public static LocalImage make() throws IOException {
        if (!Files.isExecutable(BINARY)) {
            throw new EngineException(
                    Reason.NOT_FOUND,
                    "there is no " + BINARY + " to make the image busybox of: apt-get install busybox-static");
        }
        Instant modified = Files.getLastModifiedTime(BINARY).toInstant().truncatedTo(ChronoUnit.SECONDS);
        return new BusyboxImage(modified).image();
    }

    private LocalImage image() throws IOException {
        ProcessDefaults process = new ProcessDefaults(
                "",
                List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
                List.of(),
                List.of("sh"),
                "",
                ProcessDefaults.NONE.labels(),
                ProcessDefaults.NONE.volumes(),
                ProcessDefaults.NONE.exposedPorts(),
                "",
                null,
                null,
                List.of(),
                List.of());
        LocalImage image = new LocalImage(ImageConfig.empty(Platform.host()).withProcess(process));
        image.addLayer(system(), step("the machine's busybox and a file system for it"));
        image.addLayer(finish(), step("say what it is, and drop the draft"));
        return image;
    }

    private HistoryEntry step(String what) {
        return new HistoryEntry(modified, what, "", "made by mille on the spot", false);
    }

    private byte[] system() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            directory(tar, "./", EXECUTABLE);
            for (String name : List.of(
                    "bin",
                    "dev",
                    "etc",
                    "home",
                    "proc",
                    "run",
                    "sbin",
                    "sys",
                    "usr",
                    "usr/bin",
                    "usr/sbin",
                    "var",
                    "var/spool")) {
                directory(tar, name, EXECUTABLE);
            }
            directory(tar, "root", 0700);
            directory(tar, "tmp", 01777);
            directory(tar, "var/tmp", 01777);
            file(tar, "bin/busybox", EXECUTABLE, Files.readAllBytes(BINARY));
            for (String applet : applets()) {
                link(tar, applet, "/bin/busybox");
            }
            link(tar, "etc/mtab", "../proc/mounts");
            text(tar, "etc/passwd", """
                    root:x:0:0:root:/root:/bin/sh
                    daemon:x:1:1:daemon:/usr/sbin:/bin/false
                    nobody:x:65534:65534:nobody:/home:/bin/false
                    """);
            text(tar, "etc/group", """
                    root:x:0:
                    daemon:x:1:
                    tty:x:5:
                    nogroup:x:65534:
                    """);
            text(tar, "etc/nsswitch.conf", "hosts: files dns\n");
            text(tar, "etc/profile", "export PS1='\\u@\\h:\\w\\$ '\n");
            text(tar, "etc/issue", "busybox\n");
            text(tar, "etc/motd", "To be written.\n");
            text(tar, "etc/motd.draft", "To be thrown away.\n");
        }
        return bytes.toByteArray();
    }

    private byte[] finish() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            directory(tar, "etc", EXECUTABLE);
            text(tar, "etc/motd", "This is the busybox of the machine that Mille runs on.\n");
            text(tar, "etc/.wh.motd.draft", "");
        }
        return bytes.toByteArray();
    }

    /** Where busybox's programs belong, by its own word. */
    private static SortedSet<String> applets() throws IOException {
        Process list = new ProcessBuilder(BINARY.toString(), "--list-full")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String paths = new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        SortedSet<String> applets = new TreeSet<>();
        for (String path : paths.lines().toList()) {
            if (path.contains("/") && !path.equals("bin/busybox")) {
                applets.add(path);
            }
        }
        if (!applets.contains("bin/sh")) {
            throw new EngineException(Reason.NOT_FOUND, BINARY + " has no shell: install the package busybox-static");
        }
        return applets;
    }

    private void directory(TarWriter tar, String name, int mode) throws IOException {
        tar.write(entry(name, new TarContent.Directory(), mode));
    }

    private void link(TarWriter tar, String name, String target) throws IOException {
        tar.write(entry(name, new TarContent.Symlink(ByteString.of(target)), 0777));
    }

    private void text(TarWriter tar, String name, String content) throws IOException {
        file(tar, name, READABLE, content.getBytes(StandardCharsets.UTF_8));
    }

    private void file(TarWriter tar, String name, int mode, byte[] content) throws IOException {
        tar.write(entry(name, TarContent.File.of(content.length), mode), new ByteArrayInputStream(content));
    }

    private TarEntry entry(String name, TarContent content, int mode) {
        return TarEntry.of(ByteString.of(name), content, mode).withModified(modified);
    }
}
