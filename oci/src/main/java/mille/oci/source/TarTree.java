package mille.oci.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mille.oci.blob.Compression;
import mille.oci.tar.ByteString;
import mille.oci.tar.EntryPath;
import mille.oci.tar.TarContent;
import mille.oci.tar.TarEntry;
import mille.oci.tar.TarReader;
import org.jspecify.annotations.Nullable;

/**
 * A tar on disk, read once from front to back to learn where its files lie, then anywhere. A compressed one is first decompressed into a
 * temporary file, which is gone when this is closed.
 */
final class TarTree implements FileTree {
    /** Docker's old archives link a layer that several images share; nobody chains links. */
    private static final int MAX_LINKS = 8;

    /** What an entry is: a run of bytes, or another name. */
    private sealed interface Place {
        record Bytes(long offsetBytes, long sizeBytes) implements Place {}

        record Alias(EntryPath target) implements Place {}
    }

    private final Path shown;
    private final FileChannel channel;
    private final Map<EntryPath, Place> places;

    private TarTree(Path shown, FileChannel channel, Map<EntryPath, Place> places) {
        this.shown = shown;
        this.channel = channel;
        this.places = places;
    }

    /**
     * Opens a tar, compressed or not.
     *
     * @param temporaryDirectory exists; takes a decompressed copy
     */
    static TarTree open(Path tar, Path temporaryDirectory) throws IOException {
        FileChannel channel = openPlain(tar, temporaryDirectory);
        try {
            return new TarTree(tar, channel, scan(new ChannelInputStream(channel, 0, channel.size())));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel openPlain(Path tar, Path temporaryDirectory) throws IOException {
        if (isPlain(tar)) {
            return FileChannel.open(tar, StandardOpenOption.READ);
        }
        Path copy = Files.createTempFile(temporaryDirectory, "archive-", ".tar");
        try (InputStream plain = Compression.decompress(Files.newInputStream(tar))) {
            Files.copy(plain, copy, StandardCopyOption.REPLACE_EXISTING);
            return FileChannel.open(copy, StandardOpenOption.READ);
        } finally {
            Files.delete(copy); // the open channel keeps it: whatever happens to us, it doesn't stay
        }
    }

    private static boolean isPlain(Path tar) throws IOException {
        try (InputStream head = new BufferedInputStream(Files.newInputStream(tar))) {
            return Compression.detect(head) == Compression.NONE;
        }
    }

    private static Map<EntryPath, Place> scan(InputStream in) throws IOException {
        Map<EntryPath, Place> places = new HashMap<>();
        try (TarReader reader = new TarReader(in)) {
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                EntryPath path = EntryPath.of(entry.name());
                Place place = placeOf(entry, path, reader.offsetBytes());
                if (place != null) {
                    places.put(path, place);
                }
            }
        }
        return places;
    }

    private static @Nullable Place placeOf(TarEntry entry, EntryPath path, long offsetBytes) throws IOException {
        return switch (entry.content()) {
            case TarContent.File file
            when file.isSparse() ->
                throw new IOException("'" + entry.name() + "' is a sparse file, which no image archive has");
            case TarContent.File file -> new Place.Bytes(offsetBytes, file.sizeBytes());
            case TarContent.HardLink link -> new Place.Alias(EntryPath.of(link.target()));
            case TarContent.Symlink link -> new Place.Alias(linked(path, link.target()));
            case TarContent.Directory _, TarContent.CharacterDevice _, TarContent.BlockDevice _, TarContent.Fifo _ ->
                null;
        };
    }

    /** Where a symbolic link leads, by its text alone; what would leave the archive stays at its root, as in a container. */
    private static EntryPath linked(EntryPath link, ByteString target) {
        List<ByteString> names = new ArrayList<>();
        if (!target.startsWith("/")) {
            names.addAll(link.parent().names());
        }
        int start = 0;
        while (start <= target.length()) {
            int slash = target.indexOf('/', start);
            int end = slash < 0 ? target.length() : slash;
            String name = target.slice(start, end).toString();
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.removeLast();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(target.slice(start, end));
            }
            start = end + 1;
        }
        try {
            return new EntryPath(names);
        } catch (IllegalArgumentException e) {
            return link; // leads nowhere
        }
    }

    private Place.@Nullable Bytes find(String path) throws IOException {
        EntryPath at = EntryPath.of(ByteString.of(path));
        for (int links = 0; links < MAX_LINKS; links++) {
            switch (places.get(at)) {
                case null -> {
                    return null;
                }
                case Place.Bytes bytes -> {
                    return bytes;
                }
                case Place.Alias alias -> at = alias.target();
            }
        }
        return null;
    }

    private Place.Bytes found(String path) throws IOException {
        Place.Bytes bytes = find(path);
        if (bytes == null) {
            throw new NoSuchFileException("'" + ByteString.of(path) + "' is missing in " + shown);
        }
        return bytes;
    }

    @Override
    public boolean has(String path) throws IOException {
        return find(path) != null;
    }

    @Override
    public long sizeBytes(String path) throws IOException {
        return found(path).sizeBytes();
    }

    @Override
    public InputStream open(String path) throws IOException {
        Place.Bytes bytes = found(path);
        return new ChannelInputStream(channel, bytes.offsetBytes(), bytes.sizeBytes());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return shown.toString();
    }

    /** A run of a file's bytes, read at their place: the channel's own position isn't touched. Closing it does nothing. */
    private static final class ChannelInputStream extends InputStream {
        private final FileChannel channel;
        private long at;
        private final long end;

        ChannelInputStream(FileChannel channel, long offsetBytes, long sizeBytes) {
            this.channel = channel;
            this.at = offsetBytes;
            this.end = offsetBytes + sizeBytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (length == 0 || at >= end) {
                return length == 0 ? 0 : -1;
            }
            int count = channel.read(ByteBuffer.wrap(buffer, offset, (int) Math.min(length, end - at)), at);
            at += Math.max(count, 0);
            return count;
        }

        @Override
        public long skip(long count) {
            long skipped = Math.max(0, Math.min(count, end - at));
            at += skipped;
            return skipped;
        }
    }
}
