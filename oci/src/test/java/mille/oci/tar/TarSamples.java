package mille.oci.tar;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whole tars in memory. */
final class TarSamples {
    /** An entry with its stored bytes. */
    record Stored(TarEntry entry, ByteString data) {
        /** The file's bytes with its holes as zeros. */
        byte[] expanded() {
            var file = (TarContent.File) entry.content();
            byte[] bytes = new byte[(int) file.sizeBytes()];
            int from = 0;
            for (Extent extent : file.extents()) {
                System.arraycopy(data.bytes(), from, bytes, (int) extent.offsetBytes(), (int) extent.lengthBytes());
                from += (int) extent.lengthBytes();
            }
            return bytes;
        }
    }

    private TarSamples() {}

    static List<Stored> read(byte[] tar) throws IOException {
        List<Stored> entries = new ArrayList<>();
        try (var reader = new TarReader(new ByteArrayInputStream(tar))) {
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                entries.add(new Stored(entry, ByteString.of(reader.data().readAllBytes())));
            }
        }
        return entries;
    }

    static byte[] write(List<Stored> entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var writer = new TarWriter(out)) {
            for (Stored stored : entries) {
                writer.write(
                        stored.entry(), new ByteArrayInputStream(stored.data().bytes()));
            }
        }
        return out.toByteArray();
    }

    static @Nullable Stored find(List<Stored> entries, String name) {
        return entries.stream()
                .filter(stored -> stored.entry().name().equals(ByteString.of(name)))
                .findFirst()
                .orElse(null);
    }

    /** Sets the sum of the header at an offset right. */
    static void fixSum(byte[] tar, int at) {
        byte[] block = new byte[TarHeader.BLOCK_BYTES];
        System.arraycopy(tar, at, block, 0, block.length);
        TarNumber.putOctal(block, TarHeader.SUM, TarHeader.SHORT_NUMBER_BYTES - 1, TarHeader.sumOf(block, false));
        System.arraycopy(block, TarHeader.SUM, tar, at + TarHeader.SUM, TarHeader.SHORT_NUMBER_BYTES);
    }
}
