package mille.engine.layer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.FileData;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.NativeBuffer;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.blob.MeasuringInputStream;
import mille.oci.tar.ByteString;
import mille.oci.tar.EntryPath;
import mille.oci.tar.Extent;
import mille.oci.tar.LayerEntry;
import mille.oci.tar.TarContent;
import mille.oci.tar.TarEntry;
import mille.oci.tar.TarReader;

/**
 * Unpacks a layer's tar into a directory as the overlay reads it: {@code .wh.NAME} becomes a 0:0 character device, {@code .wh..wh..opq} the
 * attribute {@code trusted.overlay.opaque}. Everything else arrives as it is in the tar: hard links, devices, attributes with any bytes,
 * holes, owners, times to the nanosecond.
 *
 * <p>As in the image spec, a whiteout hides what layers below have and nothing of its own layer, whichever comes first. Where a name comes
 * twice, the later entry wins. Missing parents are made, owned by root with mode 0755, and reported.
 *
 * <p>A tar can reach nothing outside the directory. Refused, with the entry's name: absolute names, {@code ..}, a symlink on the way, hard
 * links to what isn't in this layer. Left out, as containerd does and with a warning: the overlay's own attributes
 * ({@link DirectoryAttributes#isOverlays}), with which an image could give orders to the overlay, and attributes of a kind that the file
 * system can't store.
 */
public final class LayerUnpacker {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int OWNER_ONLY = 0600;

    private final LayerTree tree;
    private final TarReader tar;
    private final Consumer<String> warnings;
    private final byte[] heapBuffer = new byte[BUFFER_BYTES];
    private final NativeBuffer buffer = NativeBuffer.allocate(BUFFER_BYTES);

    private long sizeBytes;

    private LayerUnpacker(LayerTree tree, TarReader tar, Consumer<String> warnings) {
        this.tree = tree;
        this.tar = tar;
        this.warnings = warnings;
    }

    /**
     * Reads the stream to its end. What is in the directory after a failure is the caller's to throw away.
     *
     * @param tar uncompressed; not closed
     * @param directory empty
     * @param warnings takes a sentence for each thing that was left out
     * @throws EngineException INVALID where an entry is refused
     * @throws IOException where the tar is malformed
     */
    public static UnpackedLayer unpack(InputStream tar, Path directory, Consumer<String> warnings) throws IOException {
        try (Fd root = Fd.open(directory, O.RDONLY | O.DIRECTORY);
                LayerTree tree = new LayerTree(root)) {
            // Not the JDK's DigestInputStream: what is skipped doesn't count in its digest.
            var measured = new MeasuringInputStream(tar, Digest.Algorithm.SHA256);
            LayerUnpacker unpacker = new LayerUnpacker(tree, new TarReader(measured), warnings);
            unpacker.unpackEntries();
            measured.drain(); // what follows the archive's end counts too
            tree.finishDirectories();
            DiffId diffId = new DiffId(measured.digest());
            return new UnpackedLayer(diffId, unpacker.sizeBytes, tree.implicitDirectories(), tree.hidesAllBelow());
        }
    }

    private void unpackEntries() throws IOException {
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            try {
                unpack(entry);
            } catch (EngineException refused) {
                throw new EngineException(
                        refused.reason(), "refused: entry '" + entry.name() + "': " + refused.getMessage(), refused);
            } catch (ErrnoException e) {
                throw new IOException("entry '" + entry.name() + "' can't be unpacked: " + e.getMessage(), e);
            }
        }
    }

    private void unpack(TarEntry entry) throws IOException {
        // What is refused is named by itself; what is allowed is beneath the root whatever it is.
        if (entry.name().startsWith("/")) {
            throw new EngineException(Reason.INVALID, "its name is absolute");
        }
        switch (LayerEntry.of(entry)) {
            case LayerEntry.Place place -> {
                warnOfOverlayAttributes(entry);
                place(pathOf(place.path()), place.entry());
            }
            case LayerEntry.Link link -> link(pathOf(link.path()), link);
            case LayerEntry.Whiteout whiteout -> {
                RelativePath path = pathOf(whiteout.path());
                tree.whiteOut(parentOf(path), lastOf(path), path);
            }
            case LayerEntry.Opaque opaque -> tree.hideBelow(pathOf(opaque.directory()));
            case LayerEntry.Ignored _ -> {}
        }
    }

    private void warnOfOverlayAttributes(TarEntry entry) {
        for (ByteString name : entry.xattrs().keySet()) {
            if (name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.")) {
                warnings.accept("left out the attribute " + name + " of '" + entry.name() + "': no image may set it");
            }
        }
    }

    private static RelativePath pathOf(EntryPath path) {
        return RelativePath.parse(path.bytes());
    }

    private Fd parentOf(RelativePath path) throws IOException {
        List<FileName> names = path.names();
        return tree.directory(RelativePath.of(names.subList(0, names.size() - 1)));
    }

    private static FileName lastOf(RelativePath path) {
        return path.names().getLast();
    }

    private void link(RelativePath path, LayerEntry.Link link) throws IOException {
        if (link.entry().content() instanceof TarContent.HardLink hardLink
                && hardLink.target().startsWith("/")) {
            throw new EngineException(Reason.INVALID, "its hard link's target is absolute");
        }
        tree.link(pathOf(link.target()), parentOf(path), lastOf(path), path);
    }

    private void place(RelativePath path, TarEntry entry) throws IOException {
        if (entry.content() instanceof TarContent.Directory) {
            try (Fd directory = placeDirectory(path, entry)) {
                setAttributes(directory, entry);
            }
            return;
        }
        Fd parent = parentOf(path);
        FileName name = lastOf(path);
        tree.makeRoom(parent, name, path);
        switch (entry.content()) {
            case TarContent.File file -> writeFile(parent, name, file, entry);
            case TarContent.Symlink symlink -> {
                Names.makeSymlink(symlink.target().bytes(), parent, name);
                setAttributesOf(parent, name, entry);
            }
            case TarContent.CharacterDevice device -> {
                makeNode(parent, name, Stat.S_IFCHR, Stat.makeDevice(device.major(), device.minor()), entry);
            }
            case TarContent.BlockDevice device -> {
                makeNode(parent, name, Stat.S_IFBLK, Stat.makeDevice(device.major(), device.minor()), entry);
            }
            case TarContent.Fifo _ -> makeNode(parent, name, Stat.S_IFIFO, 0, entry);
            case TarContent.Directory _, TarContent.HardLink _ ->
                throw new IllegalStateException("no file of its own: " + entry.name());
        }
    }

    private Fd placeDirectory(RelativePath path, TarEntry entry) throws IOException {
        return path.isEmpty()
                ? tree.placeRoot(timeOf(entry))
                : tree.placeDirectory(parentOf(path), lastOf(path), path, timeOf(entry));
    }

    private void makeNode(Fd parent, FileName name, int type, long device, TarEntry entry) throws IOException {
        Names.makeNode(parent, name, type | entry.mode(), device);
        setAttributesOf(parent, name, entry);
    }

    private void writeFile(Fd parent, FileName name, TarContent.File content, TarEntry entry) throws IOException {
        try (Fd file = parent.openAt(name, O.WRONLY | O.CREAT | O.EXCL | O.NOFOLLOW, OWNER_ONLY)) {
            InputStream data = tar.data();
            for (Extent extent : content.extents()) {
                copy(data, file, extent);
            }
            if (content.isSparse()) {
                FileData.truncate(file, content.sizeBytes());
            }
            setAttributes(file, entry);
        }
        sizeBytes += content.sizeBytes();
    }

    private void copy(InputStream data, Fd file, Extent extent) throws IOException {
        long offset = extent.offsetBytes();
        while (offset < extent.endBytes()) {
            int length = data.read(heapBuffer, 0, (int) Math.min(heapBuffer.length, extent.endBytes() - offset));
            if (length < 0) {
                throw new IOException("the tar's data ended too early");
            }
            buffer.putBytes(0, heapBuffer, 0, length);
            for (int written = 0; written < length; ) {
                NativeBuffer rest = buffer.slice(written, length - written);
                written += FileData.writeAt(file, rest, length - written, offset + written);
            }
            offset += length;
        }
    }

    /** Of what can't be opened for itself: symlinks, devices, fifos. */
    private void setAttributesOf(Fd parent, FileName name, TarEntry entry) throws IOException {
        try (Fd node = parent.openAt(name, O.PATH | O.NOFOLLOW)) {
            setAttributes(node, entry);
        }
    }

    /** The owner first: the kernel drops set-id bits and capabilities when that changes. A directory's times are set at the end. */
    private void setAttributes(Fd file, TarEntry entry) throws IOException {
        FileAttributes.setOwner(file, (int) entry.uid(), (int) entry.gid());
        if (!(entry.content() instanceof TarContent.Symlink)) {
            FileAttributes.setMode(file, entry.mode());
        }
        for (var attribute : entry.xattrs().entrySet()) {
            setAttribute(file, entry, attribute.getKey(), attribute.getValue());
        }
        if (!(entry.content() instanceof TarContent.Directory)) {
            Stat.Time time = timeOf(entry);
            FileAttributes.setTimes(file, time, time);
        }
    }

    private void setAttribute(Fd file, TarEntry entry, ByteString name, ByteString value) throws IOException {
        try {
            XattrName attribute = XattrName.of(name.bytes());
            if (attribute.equals(LayerTree.DEFAULT_ACL)) {
                tree.deferDefaultAcl(pathOf(EntryPath.of(entry.name())), value.bytes());
            } else {
                Xattrs.set(file, attribute, value.bytes(), 0);
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            warnings.accept("left out the attribute " + name + " of '" + entry.name()
                    + "': the store's file system doesn't have such attributes");
        } catch (IllegalArgumentException e) {
            throw new EngineException(Reason.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static Stat.Time timeOf(TarEntry entry) {
        Instant time = entry.modified();
        return new Stat.Time(time.getEpochSecond(), time.getNano());
    }
}
