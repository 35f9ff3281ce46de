package mille.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mille.cli.Installation.Result;
import mille.testkit.Command;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code mille load} and {@code mille import} of what umoci, skopeo and tar wrote, and what a container takes from such an image. */
class ArchivesTest {
    private static final Installation HOST = new Installation();
    private static final String NAME = "acme/tool:1";

    private static String layout = "";
    private static String rootTar = "";
    private static String archive = "";

    @BeforeAll
    static void makeArchives() throws IOException {
        String root = HOST.directory("root").toString();
        layout = HOST.path("layout").toString();
        rootTar = HOST.path("root.tar").toString();
        archive = HOST.path("archive.tar").toString();
        shell("cd " + root
                + "; mkdir -p bin etc data; cp /bin/busybox bin/; for name in sh id ls; do ln -s busybox bin/$name; done;"
                + " printf 'root:x:0:0::/root:/bin/sh\\nalice:x:1000:1001::/home/alice:/bin/sh\\n' > etc/passwd;"
                + " printf 'root:x:0:\\nalice:x:1001:\\nwheel:x:10:alice\\n' > etc/group;"
                + " echo seed > data/seed; tar -cf " + rootTar + " .");
        String image = layout + ":tool";
        Command.run("umoci", "init", "--layout", layout);
        Command.run("umoci", "new", "--image", image);
        Command.run("umoci", "raw", "add-layer", "--image", image, rootTar);
        Command.run(
                "umoci",
                "config",
                "--image",
                image,
                "--config.user=alice",
                "--config.workingdir=/data",
                "--config.volume=/data",
                "--config.label=org.acme.kind=tool",
                "--config.env=FOO=bar",
                "--config.entrypoint=/bin/sh",
                "--config.cmd=-c",
                "--config.cmd=id; pwd; ls; echo $FOO; exit 7");
        Command.run("skopeo", "copy", "--quiet", "oci:" + image, "docker-archive:" + archive + ":" + NAME);
        HOST.mille("load", "-q", "-i", archive).orFail();
    }

    @AfterAll
    static void close() throws IOException {
        HOST.close();
    }

    private static void shell(String script) throws IOException {
        Command.run("bash", "-ec", script);
    }

    private static String idAs(String user) throws IOException {
        return HOST.mille("run", "--rm", "-u", user, NAME, "-c", "id").line();
    }

    @Test
    void archivesAndDirectoriesAreLoadedAlike() throws IOException {
        Path unpacked = HOST.directory("unpacked");
        Command.run("tar", "-C", unpacked.toString(), "-xf", archive);
        for (String source : List.of(archive, unpacked.toString())) {
            String said = HOST.mille("load", "-i", source).orFail().output();
            assertTrue(said.endsWith(": Already exists\nLoaded image: " + NAME + "\n"), said);
        }
        String id = JsonParser.parseString(HOST.mille("inspect", NAME).orFail().output())
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject()
                .get("Id")
                .getAsString();
        HOST.mille("rmi", NAME).orFail();
        String said = HOST.mille("load", "-i", layout).orFail().output();
        assertTrue(said.endsWith("\nLoaded image ID: " + id + "\n"), said);
        HOST.mille("load", "-i", archive).orFail();
    }

    @Test
    void aContainerIsWhatTheImagesConfigSays() throws IOException {
        Result result = HOST.mille("run", "--name", "configured", NAME);
        assertEquals("uid=1000(alice) gid=1001(alice) groups=10(wheel)\n/data\nseed\nbar\n", result.output());
        assertEquals(7, result.exitCode());
        JsonObject json = JsonParser.parseString(
                        HOST.mille("inspect", "configured").orFail().output())
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject();
        assertEquals(
                "tool",
                json.getAsJsonObject("Config")
                        .getAsJsonObject("Labels")
                        .get("org.acme.kind")
                        .getAsString());
        HOST.mille("rm", "configured").orFail();
    }

    @Test
    void aUserIsGivenByNameOrNumber() throws IOException {
        assertEquals("uid=0(root) gid=0(root)", idAs("root"));
        assertEquals("uid=1000(alice) gid=10(wheel)", idAs("alice:wheel"));
        assertEquals("uid=0(root) gid=1001(alice)", idAs("0:alice"));
        assertEquals("uid=5 gid=6", idAs("5:6"));
        Result unknown = HOST.mille("run", "--rm", "-u", "alice:nosuch", NAME);
        assertEquals(125, unknown.exitCode());
        assertTrue(unknown.errors().startsWith("mille: unable to find group nosuch: "), unknown.errors());
    }

    @Test
    void aRootIsImportedAndRuns() throws IOException {
        String id = HOST.mille("import", rootTar, "acme/root").line();
        assertTrue(id.matches("sha256:[0-9a-f]{64}"), id);
        assertEquals(
                "seed\n",
                HOST.mille("run", "--rm", "acme/root", "ls", "/data").orFail().output());
    }

    @Test
    void whatIsNoArchiveIsRefusedInOneSentence() throws IOException {
        Path text = Files.writeString(HOST.path("text"), "not a tar\n".repeat(100));
        assertRefused(text + " can't be read as an image archive: malformed tar: ", text);
        Path nothing = HOST.directory("nothing");
        assertRefused(nothing + " is no image archive: it has neither ", nothing);
        assertRefused(HOST.path("absent") + " doesn't exist\n", HOST.path("absent"));
    }

    private static void assertRefused(String sentence, Path file) throws IOException {
        Result result = HOST.mille("load", "-i", file.toString());
        assertEquals(1, result.exitCode());
        assertTrue(result.errors().startsWith("mille: " + sentence), result.errors());
        assertEquals(1, result.errors().lines().count(), result.errors());
    }
}
