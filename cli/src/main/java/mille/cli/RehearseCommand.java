package mille.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import mille.linux.MountTable;
import mille.linux.Mounts;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Does once what users do, so that the JVM can note what it loads and links for it. The launcher calls it after a build, in a mount namespace of
 * its own.
 */
@Command(
        name = "rehearse",
        hidden = true,
        description = "Do what users do, in an empty directory, for the start-up cache.")
final class RehearseCommand implements Callable<Integer> {
    private static final int FILES = 40;

    /** More than is pushed into the page cache as a whole. */
    private static final int LARGE_BYTES = 1 << 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "DIRECTORY")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path directory;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String store = directory.resolve("store").toString();
        for (List<String> arguments :
                List.of(List.of("version"), List.of("images"), List.of("ps", "-a"), List.of("run", "--help"))) {
            List<String> words = Stream.concat(Stream.of("--root", store), arguments.stream())
                    .toList();
            CommandLine command = Main.commandLine(new Mille(), words);
            command.setOut(spec.commandLine().getOut());
            command.execute(words.toArray(String[]::new));
        }
        if (Files.isWritable(Path.of("/dev/fuse"))) {
            mount();
        }
        return 0;
    }

    private void mount() throws IOException, InterruptedException {
        Path lower = Files.createDirectory(directory.resolve("lower"));
        Path sub = Files.createDirectory(lower.resolve("sub"));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(sub.resolve("file" + i), "content");
            Files.writeString(lower.resolve("file" + i), "content");
        }
        Files.write(lower.resolve("large"), new byte[LARGE_BYTES]);
        Files.createSymbolicLink(lower.resolve("symlink"), Path.of("sub"));
        Files.createLink(lower.resolve("sub/link"), lower.resolve("file0"));
        Path bottom = Files.createDirectory(directory.resolve("bottom"));
        Files.createDirectory(bottom.resolve("sub"));
        Files.writeString(bottom.resolve("sub/below"), "content");
        Path merged = Files.createDirectory(directory.resolve("merged"));
        String options =
                "lowerdir=" + lower + ":" + bottom + ",upperdir=" + Files.createDirectory(directory.resolve("upper"))
                        + ",workdir=" + Files.createDirectory(directory.resolve("work"));
        List<String> words = List.of("mount", "--announce", "-o", options, merged.toString());
        Thread server = Thread.ofPlatform()
                .start(() -> Main.commandLine(new Mille(), words).execute(words.toArray(String[]::new)));
        while (server.isAlive() && MountTable.read().at(merged) == null) {
            Thread.sleep(1);
        }
        try {
            read(merged);
            change(merged);
            read(merged);
            remove(merged);
        } finally {
            Mounts.unmount(merged, Mounts.MNT_DETACH);
            server.join();
        }
    }

    private static void read(Path merged) throws IOException {
        for (Path path : paths(merged)) {
            Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.readAllBytes(path);
            }
        }
    }

    private static List<Path> paths(Path merged) throws IOException {
        try (Stream<Path> paths = Files.walk(merged)) {
            return paths.toList();
        }
    }

    private static void change(Path merged) throws IOException {
        Path made = Files.createDirectory(merged.resolve("made"));
        for (int i = 0; i < FILES; i++) {
            Path file = Files.writeString(made.resolve("file" + i), "new");
            Files.setLastModifiedTime(file, FileTime.fromMillis(i));
            Files.setAttribute(merged.resolve("sub/file" + i), "unix:uid", 1);
            Files.writeString(merged.resolve("file" + i), "changed");
        }
        Files.copy(merged.resolve("large"), made.resolve("large"));
        Files.createSymbolicLink(made.resolve("symlink"), Path.of("file0"));
        Files.createLink(made.resolve("link"), made.resolve("file0"));
        Files.move(
                made.resolve("file1"),
                made.resolve("file2"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
        Files.move(merged.resolve("sub"), merged.resolve("moved"));
    }

    private static void remove(Path merged) throws IOException {
        for (Path path : paths(merged).reversed()) {
            if (!path.equals(merged)) {
                Files.delete(path);
            }
        }
    }
}
