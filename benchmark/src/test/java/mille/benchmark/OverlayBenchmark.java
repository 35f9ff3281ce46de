package mille.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import mille.linux.Stat;
import mille.overlay.Entry;
import mille.overlay.OpenDirectory;
import mille.overlay.Overlay;
import mille.overlay.OverlayOptions;
import mille.testkit.TemporaryFileSystem;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an overlay does for a request, without any transport: two layers on a tmpfs, an empty upper one over a directory of 100 files. System
 * calls on the layers are part of it, as the overlay keeps no attributes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OverlayBenchmark {
    private static final int FILES = 100;
    private static final FileName PRESENT = FileName.of("file-50");
    private static final FileName UNKNOWN = FileName.of("file-51");
    private static final FileName ABSENT = FileName.of("absent");

    private final TemporaryFileSystem fileSystem;
    private final Overlay overlay;
    private final long directory;
    private final long file;

    /** Opens the overlay; the names of the directory and of the file stay known throughout. */
    public OverlayBenchmark() {
        try {
            fileSystem = TemporaryFileSystem.tmpfs(16 << 20);
            Path lower = Files.createDirectories(fileSystem.root().resolve("lower/directory"));
            for (int number = 0; number < FILES; number++) {
                Files.createFile(lower.resolve("file-" + number));
            }
            Path upper = Files.createDirectory(fileSystem.root().resolve("upper"));
            Path work = Files.createDirectory(fileSystem.root().resolve("work"));
            overlay = Overlay.open(OverlayOptions.of(List.of(lower.getParent()), upper, work));
            directory = known(Overlay.ROOT_ID, FileName.of("directory"));
            file = known(directory, PRESENT);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private long known(long parent, FileName name) throws ErrnoException {
        return Objects.requireNonNull(overlay.lookup(parent, name)).nodeId();
    }

    /** Leaves nothing mounted. */
    @TearDown
    public void close() throws IOException {
        overlay.close();
        fileSystem.close();
    }

    /** A name that is known: its attributes are asked of the layer. */
    @Benchmark
    public @Nullable Entry lookupKnown() throws ErrnoException {
        return overlay.lookup(directory, PRESENT);
    }

    /** A name that no layer has. */
    @Benchmark
    public @Nullable Entry lookupAbsent() throws ErrnoException {
        return overlay.lookup(directory, ABSENT);
    }

    /** A name that isn't known, until it is forgotten again. */
    @Benchmark
    public void lookupUnknownAndForget() throws ErrnoException {
        overlay.forget(known(directory, UNKNOWN), 1);
    }

    @Benchmark
    public Stat getAttributes() throws ErrnoException {
        return overlay.attributes(file);
    }

    /** READDIRPLUS of a directory, all of whose 100 names are forgotten again, as a reader that goes through a tree once has it. */
    @Benchmark
    public long listAndLookUpAndForget() throws ErrnoException {
        Names names = new Names();
        overlay.openDirectory(directory).readNodes(0, names);
        for (int at = 0; at < names.count; at++) {
            overlay.forget(names.ids[at], 1);
        }
        return names.count;
    }

    /** READDIR of the same directory. */
    @Benchmark
    public boolean list() throws ErrnoException {
        return overlay.openDirectory(directory).read(0, (name, inode, type, next) -> true);
    }

    /** Takes all, and the ids of what was looked up. */
    private static final class Names implements OpenDirectory.NodeConsumer {
        private final long[] ids = new long[FILES];
        private int count;

        @Override
        public boolean hasRoomFor(FileName name) {
            return true;
        }

        @Override
        public boolean accept(@Nullable FileName name, long inode, int type, long next) {
            return true;
        }

        @Override
        public void acceptNode(FileName name, Entry entry, int type, long next) {
            ids[count++] = entry.nodeId();
        }
    }
}
