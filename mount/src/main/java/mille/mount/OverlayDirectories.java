package mille.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.O;
import mille.linux.Stat;
import mille.overlay.OverlayOptions;
import org.jspecify.annotations.Nullable;

/** The directories of an overlay, open ({@code O_PATH}) and known to be fit for it. */
final class OverlayDirectories implements AutoCloseable {
    /** One of them. */
    record Directory(Path path, Fd fd) {}

    private final List<Fd> open = new ArrayList<>();
    private final List<Directory> lowers = new ArrayList<>();
    private final List<Directory> dataLowers = new ArrayList<>();
    private @Nullable Directory upper;
    private @Nullable Directory work;

    private OverlayDirectories() {}

    /**
     * @throws IOException with a sentence that names the directory which is missing, is none, or doesn't go with another
     */
    static OverlayDirectories open(OverlayOptions options) throws IOException {
        OverlayDirectories directories = new OverlayDirectories();
        try {
            for (Path lower : options.lowers()) {
                directories.lowers.add(directories.open("lower directory", lower));
            }
            for (Path lower : options.dataLowers()) {
                directories.dataLowers.add(directories.open("data-only lower directory", lower));
            }
            Path upper = options.upper();
            Path work = options.work();
            if (upper != null && work != null) {
                directories.openWritable(upper, work);
            }
            return directories;
        } catch (IOException e) {
            directories.close();
            throw e;
        }
    }

    private void openWritable(Path upperPath, Path workPath) throws IOException {
        Directory upperDirectory = open("upper directory", upperPath);
        Directory workDirectory = open("work directory", workPath);
        if (Stat.of(upperDirectory.fd).device() != Stat.of(workDirectory.fd).device()) {
            throw new IOException("upper directory " + upperPath + " and work directory " + workPath
                    + " lie on different file systems");
        }
        Path realUpper = upperPath.toRealPath();
        Path realWork = workPath.toRealPath();
        if (realUpper.startsWith(realWork) || realWork.startsWith(realUpper)) {
            throw new IOException("upper directory " + upperPath + " and work directory " + workPath
                    + " must not lie one inside the other");
        }
        upper = upperDirectory;
        work = workDirectory;
    }

    private Directory open(String what, Path path) throws IOException {
        try {
            Fd fd = Fd.open(path, O.PATH | O.DIRECTORY);
            open.add(fd);
            return new Directory(path.toAbsolutePath(), fd);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                throw new IOException(what + " " + path + " does not exist", e);
            }
            if (e.errno() == Errno.ENOTDIR) {
                throw new IOException(what + " " + path + " is not a directory", e);
            }
            throw e;
        }
    }

    /** The topmost first. */
    List<Directory> lowers() {
        return lowers;
    }

    List<Directory> dataLowers() {
        return dataLowers;
    }

    @Nullable
    Directory upper() {
        return upper;
    }

    @Nullable
    Directory work() {
        return work;
    }

    @Override
    public void close() {
        open.forEach(Fd::close);
    }
}
