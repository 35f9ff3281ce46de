package mille.oci.tar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import mille.oci.tar.TarSamples.Stored;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What the writer writes, the reader reads. */
class TarRoundTripTest {

    @Property(tries = 500)
    void everyEntryComesBackAsItWas(@ForAll("tars") List<Stored> entries) throws IOException {
        assertEquals(entries, TarSamples.read(TarSamples.write(entries)));
    }

    @Property(tries = 100)
    void theSameEntriesGiveTheSameBytes(@ForAll("tars") List<Stored> entries) throws IOException {
        byte[] tar = TarSamples.write(entries);

        assertArrayEquals(tar, TarSamples.write(TarSamples.read(tar)));
    }

    @Provide
    Arbitrary<List<Stored>> tars() {
        return entries().list().ofMaxSize(6);
    }

    private static Arbitrary<Stored> entries() {
        Arbitrary<Instant> times = Combinators.combine(
                        Arbitraries.oneOf(
                                Arbitraries.longs().between(0, 4_000_000_000L),
                                Arbitraries.longs().between(-20_000_000_000L, 200_000_000_000L)),
                        Arbitraries.oneOf(
                                Arbitraries.just(0), Arbitraries.integers().between(0, 999_999_999)))
                .as(Instant::ofEpochSecond);
        Arbitrary<Long> ids = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 100_000), Arbitraries.longs().between(0, 0xFFFF_FFFEL));
        Arbitrary<TreeMap<ByteString, ByteString>> xattrs = Arbitraries.maps(
                        strings(1, 40), Arbitraries.oneOf(strings(0, 30), strings(900, 1100)))
                .ofMaxSize(3)
                .map(TreeMap::new);
        return Combinators.combine(
                        names(), contents(), Arbitraries.integers().between(0, 07777), ids, ids, times, xattrs)
                .as((name, content, mode, uid, gid, time, attributes) ->
                        new TarEntry(name, content, mode, uid, gid, time, attributes))
                .flatMap(entry -> Arbitraries.longs().map(seed -> {
                    byte[] data = new byte[(int) entry.storedBytes()];
                    new Random(seed).nextBytes(data);
                    return new Stored(entry, ByteString.of(data));
                }));
    }

    /** Around the limits of the header's fields, with slashes to split at and without, and with any byte but NUL. */
    private static Arbitrary<ByteString> names() {
        return Arbitraries.oneOf(
                strings(1, 20),
                strings(98, 103),
                strings(250, 260),
                strings(1, 300),
                Arbitraries.of((byte) 'a', (byte) '/', (byte) '.')
                        .array(byte[].class)
                        .ofMinSize(90)
                        .ofMaxSize(270)
                        .map(ByteString::of));
    }

    private static Arbitrary<ByteString> strings(int minBytes, int maxBytes) {
        return Arbitraries.bytes()
                .filter(b -> b != 0)
                .array(byte[].class)
                .ofMinSize(minBytes)
                .ofMaxSize(maxBytes)
                .map(ByteString::of);
    }

    private static Arbitrary<TarContent> contents() {
        Arbitrary<Integer> majors = Arbitraries.integers().between(0, 4095);
        Arbitrary<Integer> minors = Arbitraries.integers().between(0, 1_048_575);
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, 2000).map(TarContent.File::of),
                sparseFiles(),
                Arbitraries.just(new TarContent.Directory()),
                Arbitraries.just(new TarContent.Fifo()),
                names().map(TarContent.Symlink::new),
                names().map(TarContent.HardLink::new),
                Combinators.combine(majors, minors).as(TarContent.CharacterDevice::new),
                Combinators.combine(majors, minors).as(TarContent.BlockDevice::new));
    }

    private static Arbitrary<TarContent> sparseFiles() {
        return Arbitraries.longs()
                .between(0, 700)
                .list()
                .ofMinSize(1)
                .ofMaxSize(90)
                .map(gapsAndLengths -> {
                    List<Extent> extents = new ArrayList<>();
                    long at = 0;
                    for (int i = 0; i + 1 < gapsAndLengths.size(); i += 2) {
                        at += gapsAndLengths.get(i);
                        extents.add(new Extent(at, gapsAndLengths.get(i + 1)));
                        at += gapsAndLengths.get(i + 1);
                    }
                    return new TarContent.File(at + gapsAndLengths.getLast(), extents);
                });
    }
}
