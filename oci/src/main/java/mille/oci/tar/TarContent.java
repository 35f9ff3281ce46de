package mille.oci.tar;

import java.util.ArrayList;
import java.util.List;

/** What kind of object an entry is, with what only that kind has. */
public sealed interface TarContent {

    /**
     * A regular file. Its stored bytes follow the header: those of the extents, one after the other.
     *
     * @param sizeBytes with holes
     * @param extents ascending, without empty or adjoining ones (the constructor drops and joins them)
     */
    record File(long sizeBytes, List<Extent> extents) implements TarContent {
        public File {
            if (sizeBytes < 0) {
                throw new IllegalArgumentException("a file's size is negative");
            }
            extents = joined(sizeBytes, extents);
        }

        /** A file without holes. */
        public static File of(long sizeBytes) {
            return new File(sizeBytes, List.of(new Extent(0, sizeBytes)));
        }

        /** How many bytes are stored. */
        public long storedBytes() {
            long stored = 0;
            for (Extent extent : extents) {
                stored += extent.lengthBytes();
            }
            return stored;
        }

        public boolean isSparse() {
            return storedBytes() != sizeBytes;
        }

        private static List<Extent> joined(long sizeBytes, List<Extent> extents) {
            List<Extent> joined = new ArrayList<>(extents.size());
            long end = 0;
            for (Extent extent : extents) {
                if (extent.offsetBytes() < end || extent.endBytes() > sizeBytes) {
                    throw new IllegalArgumentException("its sparse extents overlap or lie outside of the file");
                }
                end = extent.endBytes();
                if (extent.lengthBytes() == 0) {
                    continue;
                }
                if (!joined.isEmpty() && joined.getLast().endBytes() == extent.offsetBytes()) {
                    Extent last = joined.removeLast();
                    joined.add(new Extent(last.offsetBytes(), last.lengthBytes() + extent.lengthBytes()));
                } else {
                    joined.add(extent);
                }
            }
            return List.copyOf(joined);
        }
    }

    record Directory() implements TarContent {}

    /**
     * A symbolic link.
     *
     * @param target any bytes but NUL; where it leads is nobody's concern here
     */
    record Symlink(ByteString target) implements TarContent {
        public Symlink {
            TarEntry.checkName(target, "link target");
        }
    }

    /**
     * One more name of an entry that came before in the same tar.
     *
     * @param target that entry's name
     */
    record HardLink(ByteString target) implements TarContent {
        public HardLink {
            TarEntry.checkName(target, "link target");
        }
    }

    /** A character device; numbers as far as the kernel has them: 12 bits and 20 bits. */
    record CharacterDevice(int major, int minor) implements TarContent {
        public CharacterDevice {
            TarEntry.checkDevice(major, minor);
        }
    }

    /** A block device; numbers as in {@link CharacterDevice}. */
    record BlockDevice(int major, int minor) implements TarContent {
        public BlockDevice {
            TarEntry.checkDevice(major, minor);
        }
    }

    record Fifo() implements TarContent {}
}
