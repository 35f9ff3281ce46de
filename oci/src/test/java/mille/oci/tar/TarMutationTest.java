package mille.oci.tar;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import mille.oci.Command;
import mille.oci.tar.TarSamples.Stored;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid tars with something broken: the reader either copes or says so, and always comes to an end. */
class TarMutationTest {
    private static final int ROUNDS = 15_000;

    @ParameterizedTest
    @ValueSource(
            strings = {"ours", "gnu", "posix --sparse-version=0.0", "posix --sparse-version=0.1", "posix", "ustar"})
    void aBrokenTarIsAnIOExceptionOrAnotherTar(String format, @TempDir Path directory) throws IOException {
        byte[] valid = format.equals("ours") ? ours() : gnu(directory, format);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] broken = mutated(valid, random);
            try {
                readAll(broken);
            } catch (IOException expected) {
                assertTrue(String.valueOf(expected.getMessage()).startsWith("malformed tar: "), expected.getMessage());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round + ", format " + format, e);
            }
        }
    }

    private static void readAll(byte[] tar) throws IOException {
        try (var reader = new TarReader(new ByteArrayInputStream(tar))) {
            int entries = 0;
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                entries++;
                assertTrue(entries <= tar.length / TarHeader.BLOCK_BYTES, "more entries than blocks");
                long read = reader.data().readAllBytes().length;
                assertTrue(read >= entry.storedBytes(), "less data than announced");
                judge(entry);
            }
        }
    }

    private static void judge(TarEntry entry) {
        try {
            assertTrue(LayerEntry.of(entry) != null);
        } catch (IOException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("refused: "), e.getMessage());
        }
    }

    private static byte[] mutated(byte[] valid, Random random) {
        byte[] broken = valid.clone();
        int blocks = broken.length / TarHeader.BLOCK_BYTES;
        for (int change = random.nextInt(4); change >= 0; change--) {
            int block = random.nextInt(blocks) * TarHeader.BLOCK_BYTES;
            switch (random.nextInt(6)) {
                case 0 -> broken[random.nextInt(broken.length)] = (byte) random.nextInt();
                case 1 -> broken[block + random.nextInt(TarHeader.BLOCK_BYTES)] ^= (byte) (1 << random.nextInt(8));
                case 2 -> { // a digit or a bound of some field
                    byte[] digits = {'0', '7', '9', ' ', 0, -1, (byte) 0x80, '\n', ',', '='};
                    broken[block + random.nextInt(TarHeader.BLOCK_BYTES)] = digits[random.nextInt(digits.length)];
                }
                case 3 -> {
                    int from = random.nextInt(blocks) * TarHeader.BLOCK_BYTES;
                    System.arraycopy(valid, from, broken, block, TarHeader.BLOCK_BYTES);
                }
                case 4 -> Arrays.fill(broken, block, block + TarHeader.BLOCK_BYTES, (byte) 0);
                default -> {
                    byte[] types = "01234567xgLKSDVMXZ\0".getBytes(StandardCharsets.US_ASCII);
                    broken[block + TarHeader.TYPE] = types[random.nextInt(types.length)];
                }
            }
            if (random.nextBoolean()) {
                TarSamples.fixSum(broken, block);
            }
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(broken, random.nextInt(broken.length)) : broken;
    }

    private static byte[] ours() throws IOException {
        TreeMap<ByteString, ByteString> xattrs = new TreeMap<>();
        xattrs.put(ByteString.of("user.a=b"), ByteString.of(new byte[] {0, -1, '\n', '='}));
        List<Stored> entries = new ArrayList<>();
        entries.add(new Stored(
                TarEntry.of(ByteString.of("x".repeat(300)), TarContent.File.of(600), 0644)
                        .withXattrs(xattrs)
                        .withOwner(3_000_000_000L, 5)
                        .withModified(Instant.ofEpochSecond(-5, 7)),
                ByteString.of(new byte[600])));
        entries.add(new Stored(
                TarEntry.of(
                        ByteString.of("sparse"),
                        new TarContent.File(9000, List.of(new Extent(100, 10), new Extent(4096, 700))),
                        0600),
                ByteString.of(new byte[710])));
        entries.add(new Stored(
                TarEntry.of(ByteString.of("device"), new TarContent.BlockDevice(8, 1), 0600),
                ByteString.of(new byte[0])));
        return TarSamples.write(entries);
    }

    private static byte[] gnu(Path directory, String format) throws IOException {
        Command.shell(directory, """
                mkdir tree; cd tree
                truncate -s 1M sparse
                for at in 1 5 9 13 17 21 25 29 33 37; do printf x | dd of=sparse bs=4096 seek=$at conv=notrunc status=none; done
                echo text > file
                ln file hard
                ln -s file soft
                mknod device c 1 3
                mkfifo fifo
                """);
        if (!format.equals("ustar")) {
            Command.shell(
                    directory, "cd tree; echo long > " + "l".repeat(150) + "; ln -s " + "t".repeat(150) + " link");
        }
        String sparse = format.equals("ustar") ? "" : " --sparse";
        Command.shell(directory, "tar -C tree" + sparse + " --format=" + format + " -b1 -cf out.tar .");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Files.copy(directory.resolve("out.tar"), out);
        return out.toByteArray();
    }
}
