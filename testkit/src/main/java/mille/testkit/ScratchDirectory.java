package mille.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory of one test's own. Closing it unmounts all that is mounted inside and removes it; a test that dies before leaves that to the
 * end of the JVM.
 */
public final class ScratchDirectory implements Closeable {
    private static final Set<ScratchDirectory> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(ScratchDirectory::closeAtExit)));
    }

    private final Path path;

    private ScratchDirectory(Path path) {
        this.path = path;
    }

    /** A new directory that anybody may enter, in the default directory for temporary files. */
    public static ScratchDirectory create() {
        try {
            Path path = Files.createTempDirectory("mille-test-");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            ScratchDirectory made = new ScratchDirectory(path);
            OPEN.add(made);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path path() {
        return path;
    }

    /** A new directory inside, mode 0755; its parents too if they are missing. */
    public Path directory(String name) {
        try {
            return Files.createDirectories(path.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (OPEN.remove(this)) {
            remove();
        }
    }

    private void remove() throws IOException {
        MountPoint.unmountBeneath(path);
        Command.run("rm", "-rf", "--one-file-system", "--", path.toString());
    }

    private void closeAtExit() {
        try {
            remove();
        } catch (IOException | AssertionError e) {
            System.err.println("left behind: " + path + ": " + e);
        }
    }
}
