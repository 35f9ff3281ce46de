package mille.oci.tar;

import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an entry of a layer's tar asks for (OCI image spec, layer): to put something somewhere, or to hide what lies below. Whoever applies
 * it gets only paths that {@link EntryPath} allows.
 */
public sealed interface LayerEntry {
    /** The names that begin so are marks, not files. */
    String WHITEOUT_PREFIX = ".wh.";
    /** The name that makes its directory opaque. */
    String OPAQUE_NAME = ".wh..wh..opq";
    /** Other names that begin so are AUFS's own bookkeeping. */
    String AUFS_PREFIX = ".wh..wh.";

    /** Put a file, directory, link, device or fifo at the path; for the root, which is always a directory, set its metadata. */
    record Place(EntryPath path, TarEntry entry) implements LayerEntry {}

    /** Make the path one more name of what an earlier entry put at the target. */
    record Link(EntryPath path, EntryPath target, TarEntry entry) implements LayerEntry {}

    /** Hide what lower layers have at the path. */
    record Whiteout(EntryPath path) implements LayerEntry {}

    /** Hide all that lower layers have in the directory. */
    record Opaque(EntryPath directory) implements LayerEntry {}

    /** Nothing to do: a mark of AUFS that means nothing elsewhere. */
    record Ignored(EntryPath path) implements LayerEntry {}

    /**
     * Judges an entry. The overlay's own attributes ({@code trusted.overlay.*}, {@code user.overlay.*}) are dropped: in a mounted layer
     * they would be orders to the overlay, and nobody who made the layer through a mount could have seen them.
     *
     * @throws IOException with the entry's name, where it must not be extracted
     */
    static LayerEntry of(TarEntry entry) throws IOException {
        EntryPath path = EntryPath.of(entry.name());
        if (path.isRoot()) {
            if (!(entry.content() instanceof TarContent.Directory)) {
                throw refused(entry, "only a directory can be the root");
            }
            return new Place(path, withoutOverlayXattrs(entry));
        }
        ByteString name = path.lastName();
        if (name.equals(ByteString.of(OPAQUE_NAME))) {
            return new Opaque(path.parent());
        }
        if (name.startsWith(AUFS_PREFIX) || path.names().getFirst().startsWith(AUFS_PREFIX)) {
            return new Ignored(path);
        }
        if (name.startsWith(WHITEOUT_PREFIX)) {
            return whiteout(entry, path, name.slice(WHITEOUT_PREFIX.length(), name.length()));
        }
        return switch (entry.content()) {
            case TarContent.HardLink link -> new Link(path, linkTarget(entry, link), withoutOverlayXattrs(entry));
            case TarContent.File _,
                    TarContent.Directory _,
                    TarContent.Symlink _,
                    TarContent.CharacterDevice _,
                    TarContent.BlockDevice _,
                    TarContent.Fifo _ -> new Place(path, withoutOverlayXattrs(entry));
        };
    }

    private static LayerEntry whiteout(TarEntry entry, EntryPath path, ByteString hidden) throws IOException {
        try {
            return new Whiteout(path.sibling(hidden));
        } catch (IllegalArgumentException e) {
            throw new IOException(refused(entry, "it hides no name").getMessage(), e);
        }
    }

    private static EntryPath linkTarget(TarEntry entry, TarContent.HardLink link) throws IOException {
        EntryPath target;
        try {
            target = EntryPath.of(link.target());
        } catch (IOException e) {
            throw new IOException(
                    refused(entry, "its hard link's target '" + EntryPath.shortened(link.target()) + "' is outside")
                            .getMessage(),
                    e);
        }
        if (target.isRoot()) {
            throw refused(entry, "its hard link's target is the root");
        }
        return target;
    }

    private static TarEntry withoutOverlayXattrs(TarEntry entry) {
        SortedMap<ByteString, ByteString> kept = new TreeMap<>(entry.xattrs());
        kept.keySet().removeIf(name -> name.startsWith("trusted.overlay.") || name.startsWith("user.overlay."));
        return kept.size() == entry.xattrs().size() ? entry : entry.withXattrs(kept);
    }

    private static IOException refused(TarEntry entry, String reason) {
        return new IOException("refused: entry '" + EntryPath.shortened(entry.name()) + "': " + reason);
    }
}
