package mille.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mille.engine.layer.DirectoryAttributes;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.overlay.changes.Marks;
import mille.overlay.changes.UnionDirectory;

/**
 * The two layers that a container has of its own.
 *
 * <p>The lower, {@code <id>-init}, holds what a runtime needs to mount upon and an image may lack. Lying below the writable layer, it is no
 * change of the container's: {@code diff} doesn't show it.
 */
final class InitLayer {
    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;
    private static final List<String> DIRECTORIES = List.of("dev", "proc", "sys");
    private static final List<String> FILES = List.of("etc/hostname", "etc/hosts", "etc/resolv.conf");

    private final Fd diff;
    private final UnionDirectory image;

    /** Directories that were made to hold something, parents first. */
    private final List<RelativePath> made = new ArrayList<>();

    private InitLayer(Fd diff, UnionDirectory image) {
        this.diff = diff;
        this.image = image;
    }

    /**
     * Makes the lower of the two.
     *
     * @param layers of the image, the topmost first
     * @param diffs their directories
     */
    static void make(Path directory, String link, List<StoredLayer> layers, List<Path> diffs) throws IOException {
        Files.createDirectory(directory);
        DurableFiles.makeDirectory(directory.resolve(Layout.DIFF), "rwxr-xr-x");
        LayerDirectory.complete(directory, link, layers);
        DurableFiles.write(directory.resolve(Layout.COMMITTED), "");
        try (Fd diff = Fd.open(directory.resolve(Layout.DIFF), O.RDONLY | O.DIRECTORY);
                UnionDirectory image = UnionDirectory.open(diffs, Marks.TRUSTED)) {
            InitLayer init = new InitLayer(diff, image);
            init.fill();
            init.made.addFirst(RelativePath.EMPTY);
            DirectoryAttributes.inherit(directory.resolve(Layout.DIFF), init.made, diffs);
        }
    }

    /**
     * Makes the writable one: empty, its root with the attributes that the union's root has so far.
     *
     * @param layers of the image, the topmost first
     */
    static void makeUpper(Path directory, String link, String initLink, List<StoredLayer> layers, Path initDiff)
            throws IOException {
        Files.createDirectory(directory);
        DurableFiles.makeDirectory(directory.resolve(Layout.DIFF), "rwxr-xr-x");
        DurableFiles.makeDirectory(directory.resolve(Layout.MERGED), "rwx------");
        List<String> lowers = new ArrayList<>();
        lowers.add(initLink);
        layers.forEach(layer -> lowers.add(layer.link()));
        LayerDirectory.completeLinks(directory, link, lowers);
        try (Fd from = Fd.open(initDiff, O.RDONLY | O.DIRECTORY);
                Fd to = Fd.open(directory.resolve(Layout.DIFF), O.RDONLY | O.DIRECTORY)) {
            DirectoryAttributes.copy(from, to);
        }
    }

    private void fill() throws ErrnoException {
        for (String path : DIRECTORIES) {
            if (lacks(RelativePath.parse(path))) {
                directory(RelativePath.parse(path)).close();
            }
        }
        for (String path : FILES) {
            if (lacks(RelativePath.parse(path))) {
                file(RelativePath.parse(path));
            }
        }
    }

    /** Whether the image has nothing there, and everything above is a directory or nothing too. */
    private boolean lacks(RelativePath path) throws ErrnoException {
        RelativePath parent = RelativePath.EMPTY;
        for (FileName name : path.names()) {
            try (UnionDirectory directory = image.walk(parent)) {
                UnionDirectory.Entry entry = directory.entry(name);
                if (entry == null) {
                    return true;
                }
                if (!entry.stat().isDirectory()) {
                    return false;
                }
            }
            parent = parent.resolve(name);
        }
        return false;
    }

    private Fd directory(RelativePath path) throws ErrnoException {
        Fd directory = diff.duplicate();
        RelativePath at = RelativePath.EMPTY;
        for (FileName name : path.names()) {
            at = at.resolve(name);
            try (Fd parent = directory) {
                if (Stat.atOrNull(parent, name) == null) {
                    Names.makeDirectory(parent, name, DIRECTORY_MODE);
                    FileAttributes.setMode(parent, name, DIRECTORY_MODE);
                    made.add(at);
                }
                directory = parent.openAt(name, O.RDONLY | O.DIRECTORY | O.NOFOLLOW);
            }
        }
        return directory;
    }

    private void file(RelativePath path) throws ErrnoException {
        List<FileName> names = path.names();
        try (Fd parent = directory(RelativePath.of(names.subList(0, names.size() - 1)));
                Fd file = parent.openAt(names.getLast(), O.WRONLY | O.CREAT | O.EXCL, FILE_MODE)) {
            FileAttributes.setMode(file, FILE_MODE);
        }
    }
}
