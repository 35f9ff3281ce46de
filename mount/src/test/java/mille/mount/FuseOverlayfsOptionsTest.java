package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mille.testkit.Caller;
import mille.testkit.Command;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.Playground;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The options that fuse-overlayfs has beside the kernel's do with us what they do there: to the eye, and on the disk. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FuseOverlayfsOptionsTest {
    private static final String MAKE_LAYERS = """
            cd "$1"; chmod 777 .
            echo low > low; chown 5:6 low; mkdir dir dir/sub; chown 1:1 dir/sub; echo kept > kept; chown 70000:3 kept
            """;

    private static final String CHANGE = """
            cd "$1"
            touch root; setpriv --reuid 1000 --regid 1001 --clear-groups mkdir others
            setpriv --reuid 1000 --regid 1001 --clear-groups mkfifo others-pipe
            chown 9:10 low; chmod 4755 root; mknod device c 1 3; chown 110007:1000 device; ln -s low symlink
            """;

    /** Of every file: name, type, owner, group, mode. What fuse-overlayfs hides new directories' lower ones by is its own affair. */
    private static String look(Path directory) throws IOException {
        return Command.run(
                "bash",
                "-euc",
                "cd \"$1\"; find . ! -name '.wh.*' -printf '%P %y %U:%G %m\\n' | sort",
                "look",
                directory.toString());
    }

    /** The real one, as a program of its own. */
    private static final OverlayDriver FUSE_OVERLAYFS = (spec, merged) -> {
        Command.run("fuse-overlayfs", "-o", spec.mountData(), merged.toString());
        return () -> Command.run("umount", merged.toString());
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "squash_to_root",
                "squash_to_uid=7,squash_to_gid=8",
                "squash_to_uid=7",
                "squash_to_root,squash_to_gid=4294967294",
                "uidmapping=0:1000:1:1:110000:65536,gidmapping=0:1000:1:1:110000:65536",
                "uidmapping=0:1000:1",
                "gidmapping=0:0:65536,squash_to_uid=3"
            })
    void ownersAreWhatFuseOverlayfsMakesOfThem(String options) throws IOException {
        assertEquals(afterwards(FUSE_OVERLAYFS, options), afterwards(FuseDriver.OURS, options));
    }

    /** What is seen while mounted, and then what lies on the disk. */
    private static List<String> afterwards(OverlayDriver driver, String options) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(driver, 1)) {
            Command.run("bash", "-euc", MAKE_LAYERS, "make", layers.lower().toString());
            Command.run("chmod", "777", layers.upper().toString());
            Path merged = layers.mount(options, "allow_other");
            Command.run("bash", "-euc", CHANGE, "change", merged.toString());
            String shown = look(merged);
            layers.unmount();
            return List.of(shown, look(layers.upper()));
        }
    }

    /** Other than with fuse-overlayfs, for which ids in lists are numbers like any others. */
    @Test
    void listsNameThoseWhomTheMappingShows() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1)) {
            Command.run(
                    "bash",
                    "-euc",
                    "cd \"$1\"; chmod 711 .; mkdir dir; setfacl -m u:110999:rwx -m d:u:110999:rwx,d:g:110998:rx dir",
                    "make",
                    layers.lower().toString());
            Path merged = layers.mount("uidmapping=0:0:1:110000:0:65536,gidmapping=0:0:1:110000:0:65536");
            Command.run("bash", "-euc", """
                    cd "$1"; getfacl -n dir | grep -x user:999:rwx; getfacl -n dir | grep -x default:group:998:r-x
                    setpriv --reuid 999 --regid 5 --clear-groups touch dir/file
                    getfacl -n dir/file | grep user:999:rw; setfacl -m u:77:r,g:78:r dir/file
                    getfacl -n dir/file | grep -x user:77:r--
                    """, "look", merged.toString());
            layers.unmount();
            String stored = Command.run("getfacl", "-np", layers.upper() + "/dir/file");
            assertTrue(stored.contains("# owner: 110999\n# group: 110005\n"), stored);
            assertTrue(stored.contains("user:110077:r--\nuser:110999:rwx"), stored);
            assertTrue(stored.contains("group:110078:r--\ngroup:110998:r-x"), stored);
        }
    }

    private static final String MAKE_WHITEOUT_FILES = """
            cd "$1"; mkdir -p both/in opaque/in again/in empty; touch here .wh.x.txt
            for dir in . both opaque again; do touch $dir/$2 $dir/kept; done
            """;

    /** As the two topmost of three layers like the one above. */
    private static final String HIDE = """
            cd "$1"; touch .wh.here both/.wh.2 both/.wh.in opaque/.wh..wh..opq again/.wh.kept empty/.wh.nothing .wh..wh.aufs
            cd "$2"; touch opaque/.wh.1 .wh.again; rm -r again; mkdir again; touch again/one
            """;

    @Test
    void whiteoutFilesAreReadAsFuseOverlayfsReadsThem() throws IOException {
        assertEquals(
                listed(FUSE_OVERLAYFS), listed(FuseDriver.OURS, "whiteout_files=on", "redirect_dir=on", "index=off"));
    }

    private static String listed(OverlayDriver driver, String... options) throws IOException {
        try (OverlayFixture layers = new OverlayFixture(driver, 3)) {
            for (int i = 0; i < 3; i++) {
                Command.run(
                        "bash",
                        "-euc",
                        MAKE_WHITEOUT_FILES,
                        "make",
                        layers.lowers().get(i).toString(),
                        String.valueOf(i));
            }
            Command.run(
                    "bash",
                    "-euc",
                    HIDE,
                    "hide",
                    layers.lowers().get(1).toString(),
                    layers.lowers().getFirst().toString());
            Path merged = layers.mount(options);
            String seen = look(merged);
            Command.run("bash", "-euc", "cd $1; rm both/1; echo new > here", "", merged.toString());
            String changed = look(merged);
            layers.mount(options);
            return seen + changed + look(merged);
        }
    }

    @Test
    void aNameWithTheirPrefixIsAUsersOwnUnlessTheOptionIsOn() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1);
                Playground lower = Playground.at(layers.lower())) {
            lower.write(".wh.a", "mine");
            lower.write("a", "too");
            try (Playground merged = Playground.at(layers.mount())) {
                assertEquals(List.of(".wh.a", "a"), merged.names("."));
            }
            try (Playground merged = Playground.at(layers.mount("whiteout_files=on"))) {
                assertEquals(List.of(), merged.names("."));
                merged.write(".wh.b", "in the upper");
                merged.write("b", "beside it");
                assertEquals("in the upper", merged.read(".wh.b"));
                assertEquals(List.of(".wh.b", "b"), merged.names("."));
                merged.mkdir("a");
                assertEquals(List.of(), merged.names("a"));
                merged.rmdir("a");
                assertEquals(List.of(".wh.b", "b"), merged.names("."));
            }
        }
    }

    @Test
    void withStaticNlinkEachDirectoryHasOneLink() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1);
                Playground lower = Playground.at(layers.lower())) {
            lower.mkdir("dir");
            lower.mkdir("dir/sub");
            try (Playground merged = Playground.at(layers.mount())) {
                assertEquals(3, merged.stat("dir").linkCount());
            }
            try (Playground merged = Playground.at(layers.mount("static_nlink"))) {
                assertEquals(1, merged.stat("dir").linkCount());
                merged.write("dir/file", "");
                merged.link("dir/file", "dir/more");
                assertEquals(2, merged.stat("dir/file").linkCount());
            }
        }
    }

    @Test
    void withoutAttributesUsersHaveNone() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1);
                Playground merged = Playground.at(layers.mount("noxattrs=1"))) {
            merged.write("file", "");
            assertThrows(IOException.class, () -> merged.setXattr("file", "user.x", "1"));
            Command.run(
                    "setfattr",
                    "-n",
                    "user.x",
                    "-v",
                    "1",
                    layers.upper().resolve("file").toString());
            assertEquals(List.of(), merged.xattrs("file"));
            assertNull(merged.xattr("file", "user.x"));
        }
    }

    @Test
    void withoutListsOnlyModesCount() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1);
                Playground lower = Playground.at(layers.lower())) {
            lower.write("file", "text");
            lower.chmod("file", 0600);
            Command.run(
                    "setfacl",
                    "-m",
                    "u:" + Caller.ALICE.uid() + ":r",
                    lower.path("file").toString());
            try (Playground merged = Playground.at(layers.mount())) {
                assertEquals("text", Caller.ALICE.gets(() -> merged.read("file")));
            }
            try (Playground merged = Playground.at(layers.mount("noacl"))) {
                assertThrows(IOException.class, () -> Caller.ALICE.gets(() -> merged.read("file")));
            }
        }
    }

    @Test
    void withATimeoutOfNothingTheKernelAsksEachTime() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1);
                Playground lower = Playground.at(layers.lower())) {
            lower.write("file", "");
            try (Playground merged = Playground.at(layers.mount("timeout=0"))) {
                assertEquals(0644, merged.stat("file").permissions());
                lower.chmod("file", 0600); // which nobody may do, but it tells
                assertEquals(0600, merged.stat("file").permissions());
            }
        }
    }
}
