package mille.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import mille.linux.Fd;
import mille.linux.FileHandle;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.testkit.Command;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import mille.testkit.Playground;
import mille.testkit.TemporaryFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Layers on three file systems, whose numbers are the same: the mount's are unique and stay. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class InodeNumbersTest {
    private static final String FILL = """
            cd "$1"; mkdir -p shared $2-dir/deep
            for i in 1 2 3 4 5 6 7 8; do echo $i > $2-$i; echo $i > shared/$2-$i; ln -s x $2-dir/deep/$i; done
            """;

    private static final String CHANGE = """
            cd "$1"; echo x >> one-1; chmod 600 two-2; mv two-3 shared/moved; mv one-dir elsewhere
            rm one-4; echo x >> shared/two-5; touch -h elsewhere/deep/1; chown 1 shared two-dir
            """;

    /** Each name with its number as {@code stat} and as a listing has it, and with the device. */
    private static Map<String, String> numbers(Path merged) throws IOException {
        String listed = Command.run("python3", "-c", """
                import os, sys
                os.chdir(sys.argv[1])
                for top, _, _ in os.walk('.'):
                    for entry in os.scandir(top):
                        stat = entry.stat(follow_symlinks=False)
                        print(entry.path, stat.st_ino, entry.inode(), stat.st_dev)
                """, merged.toString());
        Map<String, String> all = new TreeMap<>();
        Set<String> devices = new HashSet<>();
        for (String line : listed.lines().toList()) {
            String[] words = line.split(" ", -1);
            assertEquals(words[1], words[2], words[0]);
            all.put(words[0], words[1]);
            devices.add(words[3]);
        }
        assertEquals(1, devices.size());
        assertEquals(all.size(), Set.copyOf(all.values()).size(), "one number for each");
        return all;
    }

    @Test
    void layersOnSeveralFileSystemsShareNoNumberAndKeepThemForGood() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1);
                TemporaryFileSystem one = TemporaryFileSystem.ext4(64 << 20);
                TemporaryFileSystem two = TemporaryFileSystem.ext4(64 << 20)) {
            Command.run("bash", "-euc", FILL, "", one.root().toString(), "one");
            Command.run("bash", "-euc", FILL, "", two.root().toString(), "two");
            Command.run("bash", "-euc", FILL, "", layers.upper().toString(), "upper");
            OverlaySpec spec =
                    OverlaySpec.writable(List.of(one.root(), two.root()), layers.upper(), layers.work(), "xino=on");
            Map<String, String> before = numbers(layers.mount(spec));
            Command.run("bash", "-euc", CHANGE, "", layers.merged().toString());
            Map<String, String> after = numbers(layers.merged());
            for (String name : List.of("./one-1", "./two-2", "./shared", "./shared/two-5", "./two-dir", "./upper-1")) {
                assertEquals(before.get(name), after.get(name), name);
            }
            assertEquals(before.get("./two-3"), after.get("./shared/moved"));
            assertEquals(before.get("./one-dir"), after.get("./elsewhere"));
            assertEquals(before.get("./one-dir/deep/1"), after.get("./elsewhere/deep/1"));
            assertTrue(after.size() == before.size() - 1, after::toString);
            assertEquals(after, numbers(layers.mount(spec)));
        }
    }

    /** File systems made alike give the same handles for other files: the UUID tells them apart. */
    @Test
    void handlesOfFilesOnSeveralFileSystemsLeadToTheRightOne() throws IOException {
        try (OverlayFixture layers = new OverlayFixture(FuseDriver.OURS, 1);
                TemporaryFileSystem one = TemporaryFileSystem.ext4(64 << 20);
                TemporaryFileSystem two = TemporaryFileSystem.ext4(64 << 20)) {
            Command.run("bash", "-euc", FILL, "", one.root().toString(), "one");
            Command.run("bash", "-euc", FILL, "", two.root().toString(), "two");
            OverlaySpec spec = OverlaySpec.writable(
                    List.of(one.root(), two.root()), layers.upper(), layers.work(), "xino=on", "nfs_export=on");
            layers.mount(spec);
            List<String> names = List.of("one-1", "two-1", "two-2", "shared/one-5", "two-dir/deep/3", "shared");
            List<FileHandle> handles = new ArrayList<>();
            List<Long> inodes = new ArrayList<>();
            try (Playground merged = Playground.at(layers.merged())) {
                for (String name : names) {
                    handles.add(FileHandle.of(merged.directory(), RelativePath.parse(name)));
                    inodes.add(merged.stat(name).inode());
                }
                merged.append("two-1", "changed");
            }
            layers.mount(spec);
            try (Playground merged = Playground.at(layers.merged())) {
                for (int i = 0; i < names.size(); i++) {
                    try (Fd file = handles.get(i).open(merged.directory(), O.PATH)) {
                        assertNotNull(file, names.get(i));
                        assertEquals(inodes.get(i), Stat.of(file).inode(), names.get(i));
                    }
                }
            }
        }
    }
}
