package mille.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Directories for one overlay, side by side on one file system, and the mount made of them. A test fills the lowers, mounts, looks,
 * unmounts, and may mount again.
 */
public final class OverlayFixture implements Closeable {
    private final ScratchDirectory scratch;
    private final OverlayDriver driver;
    private final List<Path> lowers;
    private final Path upper;
    private final Path work;
    private final Path merged;
    private Closeable mount = () -> {};

    /**
     * @param lowerCount how many lowers there are; the first is the topmost
     */
    public OverlayFixture(OverlayDriver driver, int lowerCount) {
        this.scratch = ScratchDirectory.create();
        this.driver = driver;
        this.lowers = IntStream.range(0, lowerCount)
                .mapToObj(number -> scratch.directory("lower" + number))
                .toList();
        this.upper = scratch.directory("upper");
        this.work = scratch.directory("work");
        this.merged = scratch.directory("merged");
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

    @Override
    public void close() throws IOException {
        try {
            unmount();
        } finally {
            scratch.close();
        }
    }
}
