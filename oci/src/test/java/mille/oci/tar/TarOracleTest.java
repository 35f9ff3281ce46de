package mille.oci.tar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import mille.oci.Command;
import mille.oci.tar.TarSamples.Stored;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GNU tar and Python's tarfile write, we read; we write, they read. Needs root, for devices and attributes. */
class TarOracleTest {
    @TempDir
    private Path directory;

    private static final String TREE = """
            mkdir tree; cd tree
            mkdir -m 1777 empty; mkdir -m 0750 'd i r'
            printf hello > file; chown 1000:2000000 file; chmod 4755 file; ln file 'd i r/hard'
            ln -s ../nowhere soft; ln -s $(printf 't%.0s' {1..180}) longlink
            mkdir -p $(printf 'deep/%.0s' {1..60}); printf deep > $(printf 'deep/%.0s' {1..60})leaf
            printf long > $(printf 'n%.0s' {1..255})
            ln $(printf 'n%.0s' {1..255}) $(printf 'h%.0s' {1..255})
            printf latin > $'caf\\xe9'; printf newline > $'a\\nb'
            mknod char c 10 229; mknod block b 259 1048575; mkfifo fifo
            truncate -s 40M hole
            truncate -s 9M sparse
            for at in 0 3 40 41 42 500 1000 1500 2000; do printf data-$at | dd of=sparse bs=4096 seek=$at conv=notrunc status=none; done
            truncate -s 3M many
            for at in $(seq 1 7 700); do printf x | dd of=many bs=4096 seek=$at conv=notrunc status=none; done
            """;

    private static final String ATTRIBUTES = """
            cd tree
            setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 file
            setfattr -n user.binary -v 0x000aff3d0a00 file
            setfattr -n user.empty file
            setfattr -n 'user.a=b%3D%c' -v x empty
            setfattr -h -n trusted.link -v y soft
            setfattr -n user.large -v 0x$(printf 'e9%.0s' {1..3000}) file
            """;

    /** All that can be seen of a tree, one line a name; %.*T@ is to the nanosecond. */
    private static String seen(Path tree, boolean nanoseconds) {
        String time = nanoseconds ? "%T@" : "%Ts";
        return Command.shell(
                tree,
                "find . -printf '%P|%y|%m|%U|%G|%n|%l|" + time + "|' \\( -type f -printf '%s|' -o -printf '|' \\) "
                        + "\\( -type c -exec stat -c %t:%T {} \\; -o -type b -exec stat -c %t:%T {} \\; "
                        + "-o -type f -exec sha256sum {} \\; -o -printf '\\n' \\) | LC_ALL=C sort; "
                        + "find . -print0 | LC_ALL=C sort -z | xargs -0 getfattr -h -d -m - -e hex -- | cat");
    }

    private static void copyThroughUs(Path from, Path to) throws IOException {
        try (var reader = new TarReader(Files.newInputStream(from));
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(to));
                var writer = new TarWriter(out)) {
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                writer.write(entry, reader.data());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "posix --sparse --sparse-version=0.0 --xattrs --xattrs-include=*",
                "posix --sparse --sparse-version=0.1 --xattrs --xattrs-include=*",
                "posix --sparse --sparse-version=1.0 --xattrs --xattrs-include=*",
                "posix --xattrs --xattrs-include=*",
                "gnu --sparse",
                "gnu",
                "oldgnu --sparse",
            })
    void whatGnuTarPacksItUnpacksFromOurCopy(String format) throws IOException {
        Command.shell(directory, TREE);
        boolean posix = format.startsWith("posix");
        if (posix) {
            Command.shell(directory, ATTRIBUTES);
        }
        Command.shell(directory, "find tree -exec touch -h -d '1999-12-31 23:59:59.123456789 UTC' {} +");
        Command.shell(directory, "set -f; tar -C tree --format=" + format + " -cf theirs.tar . ");

        copyThroughUs(directory.resolve("theirs.tar"), directory.resolve("ours.tar"));

        Command.shell(
                directory, "mkdir copy; set -f; tar -C copy --xattrs --xattrs-include=* --same-owner -xpf ours.tar");
        assertEquals(seen(directory.resolve("tree"), posix), seen(directory.resolve("copy"), posix));
        if (format.contains("--sparse")) {
            assertTrue(Files.size(directory.resolve("ours.tar")) < 2_000_000, "the holes were written out");
        }
    }

    @Test
    void gnuTarsHeadersAreReadToTheLastField() throws IOException {
        Command.shell(directory, TREE + ATTRIBUTES.replace("cd tree", ""));
        Command.shell(directory, "touch -h -d '1955-11-05 06:15:00.5 UTC' tree/soft");
        Command.shell(
                directory, "set -f; tar -C tree --format=posix --sparse --xattrs --xattrs-include=* -cf theirs.tar . ");

        List<Stored> entries = TarSamples.read(Files.readAllBytes(directory.resolve("theirs.tar")));

        TarEntry file = stored(entries, "./file").entry();
        assertEquals(04755, file.mode());
        assertEquals(1000, file.uid());
        assertEquals(2_000_000, file.gid());
        assertEquals(
                ByteString.of(new byte[] {0, '\n', -1, '=', '\n', 0}),
                file.xattrs().get(ByteString.of("user.binary")));
        assertEquals(20, value(file, "security.capability").length());
        assertEquals(0, value(file, "user.empty").length());
        assertEquals(3000, value(file, "user.large").length());
        assertEquals(
                "x", value(stored(entries, "./empty/").entry(), "user.a=b%3D%c").toString());
        assertEquals(
                Instant.parse("1955-11-05T06:15:00.5Z"),
                stored(entries, "./soft").entry().modified());
        assertEquals(
                new TarContent.CharacterDevice(10, 229),
                stored(entries, "./char").entry().content());
        assertEquals(
                new TarContent.BlockDevice(259, 1_048_575),
                stored(entries, "./block").entry().content());
        Stored sparse = stored(entries, "./sparse");
        assertTrue(((TarContent.File) sparse.entry().content()).isSparse());
        assertEquals(
                ByteString.of(Files.readAllBytes(directory.resolve("tree/sparse"))), ByteString.of(sparse.expanded()));
        assertEquals(0, stored(entries, "./hole").entry().storedBytes());
    }

    private static Stored stored(List<Stored> entries, String name) {
        Stored stored = TarSamples.find(entries, name);
        assertNotNull(stored, name);
        return stored;
    }

    private static ByteString value(TarEntry entry, String attribute) {
        ByteString value = entry.xattrs().get(ByteString.of(attribute));
        assertNotNull(value, attribute);
        return value;
    }

    @Test
    void numbersThatDoNotFitOctalAreReadFromGnuHeaders() throws IOException {
        Command.shell(
                directory,
                "touch -d '1960-01-01 UTC' old; tar --format=gnu --owner=:4000000000 --group=:2097152 -cf theirs.tar old");

        TarEntry entry = TarSamples.read(Files.readAllBytes(directory.resolve("theirs.tar")))
                .getFirst()
                .entry();

        assertEquals(4_000_000_000L, entry.uid());
        assertEquals(2_097_152, entry.gid());
        assertEquals(Instant.parse("1960-01-01T00:00:00Z"), entry.modified());
    }

    private static final String PYTHON_LISTS = """
            import tarfile, sys, json
            with tarfile.open(sys.argv[1]) as tar:
                for m in tar:
                    data = tar.extractfile(m).read() if m.isreg() else b''
                    kind = {b'0': 'f', b'S': 'f', b'1': 'h', b'2': 'l', b'3': 'c', b'4': 'b', b'5': 'd', b'6': 'p'}[m.type]
                    x = sorted(k for k in m.pax_headers if k.startswith('SCHILY.xattr.'))
                    print(m.name.encode('utf-8', 'surrogateescape').hex(), kind, oct(m.mode), m.uid, m.gid, m.size,
                          m.linkname.encode('utf-8', 'surrogateescape').hex(), m.devmajor, m.devminor, float(m.mtime),
                          sum(data), x)
            """;

    @Test
    void pythonReadsWhatWeWrite() throws IOException {
        ByteString longName = ByteString.of("long-".repeat(60));
        ByteString split = ByteString.of("p".repeat(120) + "/" + "q".repeat(80));
        TreeMap<ByteString, ByteString> xattrs = new TreeMap<>();
        xattrs.put(ByteString.of("user.x"), ByteString.of("v"));
        List<Stored> entries = new ArrayList<>();
        entries.add(new Stored(
                TarEntry.of(longName, TarContent.File.of(3), 0640)
                        .withOwner(3_000_000_000L, 7)
                        .withModified(Instant.ofEpochSecond(-10, 500_000_000))
                        .withXattrs(xattrs),
                ByteString.of("abc")));
        entries.add(new Stored(
                TarEntry.of(
                        ByteString.of("sparse"),
                        new TarContent.File(5000, List.of(new Extent(10, 1), new Extent(4000, 2))),
                        0600),
                ByteString.of("xyz")));
        ByteString nothing = ByteString.of("");
        entries.add(new Stored(TarEntry.of(split, new TarContent.Directory(), 01777), nothing));
        entries.add(new Stored(TarEntry.of(ByteString.of("hard"), new TarContent.HardLink(longName), 0644), nothing));
        ByteString latin = ByteString.of(new byte[] {'c', (byte) 0xe9});
        entries.add(new Stored(TarEntry.of(latin, new TarContent.Symlink(split), 0777), nothing));
        entries.add(new Stored(TarEntry.of(ByteString.of("c"), new TarContent.CharacterDevice(1, 3), 0666), nothing));
        entries.add(new Stored(TarEntry.of(ByteString.of("b"), new TarContent.BlockDevice(259, 70_000), 0), nothing));
        entries.add(new Stored(TarEntry.of(ByteString.of("p"), new TarContent.Fifo(), 0), nothing));
        Files.write(directory.resolve("ours.tar"), TarSamples.write(entries));
        Files.writeString(directory.resolve("list.py"), PYTHON_LISTS);

        String listed = Command.run(directory, "python3", "list.py", "ours.tar");

        String expected = String.join(
                "\n",
                hex(longName) + " f 0o640 3000000000 7 3  0 0 -9.5 294 ['SCHILY.xattr.user.x']",
                hex(ByteString.of("sparse")) + " f 0o600 0 0 5000  0 0 0.0 363 []",
                hex(split) + " d 0o1777 0 0 0  0 0 0.0 0 []",
                hex(ByteString.of("hard")) + " h 0o644 0 0 0 " + hex(longName) + " 0 0 0.0 0 []",
                hex(latin) + " l 0o777 0 0 0 " + hex(split) + " 0 0 0.0 0 []",
                "63 c 0o666 0 0 0  1 3 0.0 0 []",
                "62 b 0o0 0 0 0  259 70000 0.0 0 []",
                "70 p 0o0 0 0 0  0 0 0.0 0 []",
                "");
        assertEquals(expected, listed);
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.bytes());
    }

    private static final String PYTHON_WRITES = """
            import tarfile, io, sys
            def add(tar, name, data=b'', **fields):
                m = tarfile.TarInfo(name)
                m.size = len(data)
                for k, v in fields.items(): setattr(m, k, v)
                tar.addfile(m, io.BytesIO(data))
            with tarfile.open(sys.argv[1], 'w', format=tarfile.PAX_FORMAT, pax_headers={'comment': 'c', 'uid': '77'}) as tar:
                add(tar, 'caf\\udce9', b'1')
                add(tar, 'u' * 200, b'22', mtime=1.25)
                add(tar, 'own', b'', pax_headers={'uid': '78'})
            with tarfile.open(sys.argv[2], 'w', format=tarfile.GNU_FORMAT) as tar:
                add(tar, 'caf\\udce9' * 40, b'1', uid=2**31, mtime=-3)
                add(tar, 'l', type=tarfile.SYMTYPE, linkname='t' * 500)
            """;

    @Test
    void weReadWhatPythonWrites() throws IOException {
        Files.writeString(directory.resolve("write.py"), PYTHON_WRITES);
        Command.run(directory, "python3", "write.py", "pax.tar", "gnu.tar");

        List<Stored> pax = TarSamples.read(Files.readAllBytes(directory.resolve("pax.tar")));
        List<Stored> gnu = TarSamples.read(Files.readAllBytes(directory.resolve("gnu.tar")));

        assertEquals("caf\u00e9", new String(pax.get(0).entry().name().bytes(), StandardCharsets.ISO_8859_1));
        assertEquals("1", pax.get(0).data().toString());
        assertEquals(77, pax.get(0).entry().uid());
        assertEquals(Instant.ofEpochSecond(1, 250_000_000), pax.get(1).entry().modified());
        assertEquals(77, pax.get(1).entry().uid());
        assertEquals(78, pax.get(2).entry().uid());
        assertEquals(160, gnu.get(0).entry().name().length());
        assertEquals(1L << 31, gnu.get(0).entry().uid());
        assertEquals(Instant.ofEpochSecond(-3), gnu.get(0).entry().modified());
        assertEquals(
                new TarContent.Symlink(ByteString.of("t".repeat(500))),
                gnu.get(1).entry().content());
    }
}
