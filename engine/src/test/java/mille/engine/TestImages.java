package mille.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mille.testkit.Command;

/** Images made by other people's tools: GNU tar packs the layers, umoci makes the image of them, skopeo carries it elsewhere. */
final class TestImages {
    /** Files of every sort, then what changes, hides and replaces them. */
    private static final List<String> LAYERS = List.of("""
            mkdir -p etc usr/bin var/cache/old home/user; echo base > etc/config; echo gone > etc/gone
            seq 200000 > usr/bin/numbers; ln usr/bin/numbers usr/bin/linked; ln -s numbers usr/bin/soft
            echo cached > var/cache/old/file; echo mine > home/user/file; chown -R 1000:1000 home/user; chmod 711 home; chown 5:6 home
            setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 usr/bin/numbers
            chmod 1777 var/cache; mkfifo var/pipe; mknod var/null c 1 3; truncate -s 8M var/sparse
            """, """
            mkdir -p etc var/cache/old usr/bin; echo changed > etc/config; touch etc/.wh.gone
            touch var/cache/old/.wh..wh..opq; echo new > var/cache/old/new; chmod 1777 var/cache
            """, """
            mkdir -p etc/gone home; echo inner > etc/gone/inner; touch home/.wh.user
            """);

    /** Many small files, and data that doesn't shrink. */
    private static final List<String> LARGE_LAYERS = List.of(
            "mkdir a; for i in $(seq 1500); do echo $i > a/$i; done",
            "head -c 20000000 /dev/urandom > random",
            "mkdir b; for i in $(seq 1500); do ln -s $i b/$i; done; head -c 5000000 /dev/urandom > more");

    private TestImages() {}

    /**
     * Makes an OCI layout with one image, tagged {@code image}.
     *
     * @param directory where the layout goes, and beside it what it is made of
     */
    static Path layout(Path directory) throws IOException {
        return layout(directory, LAYERS.size());
    }

    /** As {@link #layout(Path)}, of the first so many layers only. */
    static Path layout(Path directory, int layers) throws IOException {
        return layout(directory, "layer", LAYERS.subList(0, layers));
    }

    /** As {@link #layout(Path)}, of an image that takes its time to be pulled. */
    static Path largeLayout(Path directory) throws IOException {
        return layout(directory, "large", LARGE_LAYERS);
    }

    private static Path layout(Path directory, String name, List<String> layers) throws IOException {
        Path layout = directory.resolve(name + "s" + layers.size());
        Command.run("umoci", "init", "--layout", layout.toString());
        Command.run("umoci", "new", "--image", layout + ":image");
        for (int i = 0; i < layers.size(); i++) {
            Path tar = directory.resolve(name + i + ".tar");
            if (!Files.exists(tar)) {
                Path tree = Files.createDirectory(directory.resolve(name + i));
                Command.run("sh", "-ceu", "cd $0; umask 022; " + layers.get(i), tree.toString());
                if (layers.equals(LAYERS) && i == LAYERS.size() - 1) {
                    packFilesAlone(tree, tar);
                } else {
                    pack(tree, tar);
                }
            }
            Command.run("umoci", "raw", "add-layer", "--image", layout + ":image", tar.toString());
        }
        return layout;
    }

    /** Without entries for directories: they are only implied, and look as in the layers below. */
    private static void packFilesAlone(Path tree, Path tar) throws IOException {
        Command.run(
                "sh",
                "-ceu",
                "cd $0; find . ! -type d | tar --numeric-owner -cf $1 -T -",
                tree.toString(),
                tar.toString());
    }

    private static void pack(Path tree, Path tar) throws IOException {
        Command.run(
                "tar",
                "-C",
                tree.toString(),
                "--format=posix",
                "--xattrs",
                "--xattrs-include=*",
                "--sparse",
                "--numeric-owner",
                "--sort=name",
                "-cf",
                tar.toString(),
                ".");
    }

    /** What a container of the image of all layers sees, made by hand. */
    static Path expectedTree(Path directory) throws IOException {
        Path tree = Files.createDirectory(directory.resolve("expected"));
        for (int i = 0; i < LAYERS.size(); i++) {
            if (i == 1) {
                Command.run("sh", "-ceu", "cd $0; rm etc/gone; rm -r var/cache/old", tree.toString());
            } else if (i == 2) {
                Command.run("sh", "-ceu", "cd $0; rm -r home/user", tree.toString());
            }
            Command.run(
                    "tar",
                    "-C",
                    tree.toString(),
                    "--xattrs",
                    "--xattrs-include=*",
                    "--numeric-owner",
                    "-xpf",
                    directory.resolve("layer" + i + ".tar").toString(),
                    "--exclude=.wh.*");
        }
        return tree;
    }

    /** Copies an image between places as skopeo names them. */
    static void copy(String from, String to) throws IOException {
        Command.run("skopeo", "--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false", from, to);
    }
}
