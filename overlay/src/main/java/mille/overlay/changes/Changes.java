package mille.overlay.changes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import mille.overlay.changes.Change.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What an upper layer changed, by the rules of {@code docker diff}: a name that is new is added, with all that is in it; one that is gone is
 * deleted, without what was in it; one whose mode, owner, device, size, time of modification or capabilities differ is modified (of a
 * directory, mode and owner count), and so is a directory in which something changed. A file that was copied up and is still the same is no
 * change.
 *
 * <p>Only where the upper layer has names does the comparison look at all, but for directories that are opaque or redirected.
 */
public final class Changes {
    private static final XattrName CAPABILITY = XattrName.of("security.capability");

    private final List<Change> changes = new ArrayList<>();

    private Changes() {}

    /**
     * The changes, in order of their paths' bytes.
     *
     * @param upper the upper directory; it isn't written to while this runs
     * @param lowers the topmost first
     */
    public static List<Change> of(Path upper, List<Path> lowers, Marks marks) throws ErrnoException {
        List<Path> all = new ArrayList<>();
        all.add(upper);
        all.addAll(lowers);
        try (UnionDirectory after = UnionDirectory.open(all, marks);
                UnionDirectory before = UnionDirectory.open(lowers, marks)) {
            Changes comparison = new Changes();
            comparison.compare(RelativePath.EMPTY, after, before);
            comparison.changes.sort(Comparator.comparing(
                    change -> change.path().bytes(), (some, others) -> Arrays.compareUnsigned(some, others)));
            return List.copyOf(comparison.changes);
        }
    }

    private void compare(RelativePath path, UnionDirectory after, UnionDirectory before) throws ErrnoException {
        for (FileName name : after.namesThatMayDiffer(before)) {
            RelativePath child = path.resolve(name);
            UnionDirectory.Entry now = after.entry(name);
            UnionDirectory.Entry then = before.entry(name);
            if (now == null) {
                if (then != null) {
                    changes.add(new Change(Kind.DELETED, child));
                }
                continue;
            }
            Kind kind = then == null ? Kind.ADDED : differ(now, then) ? Kind.MODIFIED : null;
            int sizeBefore = changes.size();
            if (now.stat().isDirectory()) {
                try (UnionDirectory nowWithin = after.child(name);
                        UnionDirectory thenWithin = before.child(name)) {
                    compare(child, nowWithin, thenWithin);
                }
            }
            if (kind == null && changes.size() > sizeBefore) {
                kind = Kind.MODIFIED;
            }
            add(kind, child);
        }
    }

    private void add(@Nullable Kind kind, RelativePath path) {
        if (kind != null) {
            changes.add(new Change(kind, path));
        }
    }

    private static boolean differ(UnionDirectory.Entry now, UnionDirectory.Entry then) throws ErrnoException {
        Stat one = now.stat();
        Stat other = then.stat();
        if (one.mode() != other.mode()
                || one.uid() != other.uid()
                || one.gid() != other.gid()
                || one.rdevice() != other.rdevice()) {
            return true;
        }
        if (!one.isDirectory()
                && (one.sizeBytes() != other.sizeBytes() || !one.modified().equals(other.modified()))) {
            return true;
        }
        return !Arrays.equals(capability(now), capability(then));
    }

    private static byte @Nullable [] capability(UnionDirectory.Entry entry) throws ErrnoException {
        return entry.stat().isRegular() ? Xattrs.get(entry.holder(), entry.name(), CAPABILITY) : null;
    }
}
