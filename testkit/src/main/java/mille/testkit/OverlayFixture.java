package mille.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Directories for one overlay, side by side on an ext4 of their own, and the mount made of them. A test fills the lowers, mounts, looks,
 * unmounts, and may mount again.
 */
public final class OverlayFixture implements Closeable {
    private static final long SIZE_BYTES = 512 << 20;

    private final TemporaryFileSystem layers;
    private final OverlayDriver driver;
    private final List<Path> lowers;
    private final Path upper;
    private final Path work;
    private final Path merged;
    private Closeable mount = () -> {};

    /**
     * @param lowerCount how many lowers there are; the first is the topmost
     */
    public OverlayFixture(OverlayDriver driver, int lowerCount) throws IOException {
        this.layers = TemporaryFileSystem.ext4(SIZE_BYTES);
        this.driver = driver;
        this.lowers = IntStream.range(0, lowerCount)
                .mapToObj(number -> directory("lower" + number))
                .toList();
        this.upper = directory("upper");
        this.work = directory("work");
        this.merged = directory("merged");
    }

    /** Mounts all of it writable; what was mounted before is unmounted. */
    public Path mount(String... options) throws IOException {
        return mount(OverlaySpec.writable(lowers, upper, work, options));
    }

    /** Mounts any overlay at this fixture's merged directory; what was mounted before is unmounted. */
    public Path mount(OverlaySpec spec) throws IOException {
        unmount();
        mount = driver.mount(spec, merged);
        return merged;
    }

    public void unmount() throws IOException {
        Closeable before = mount;
        mount = () -> {};
        before.close();
    }

    public List<Path> lowers() {
        return lowers;
    }

    /** The topmost lower. */
    public Path lower() {
        return lowers.getFirst();
    }

    public Path upper() {
        return upper;
    }

    public Path work() {
        return work;
    }

    public Path merged() {
        return merged;
    }

    private Path directory(String name) {
        try {
            return Files.createDirectory(layers.root().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            unmount();
        } finally {
            layers.close();
        }
    }
}
