package mille.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.MountTable;
import mille.linux.Mounts;
import mille.linux.O;
import mille.linux.XattrName;
import mille.linux.Xattrs;
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

    /** Before each of several commands that one process is to run, one when the one before has ended. */
    static final String IN_TURN = "in-turn";

    /** How a file system may be served. */
    private static final List<List<String>> WAYS = List.of(List.of(), List.of("--open", "lazy", "-o", "volatile"));

    /** More than is pushed into the page cache as a whole. */
    private static final int LARGE_BYTES = 1 << 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "DIRECTORY")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path directory;

    @Parameters(
            index = "1..*",
            paramLabel = "SERVER",
            description = "What starts another JVM as the command, to have it serve a mount too.")
    private List<String> server = List.of();

    /** Starts serving what {@code mille} mounts with each of these lists of arguments, one after the other; done when the last has ended. */
    @FunctionalInterface
    private interface Serving {
        Future<?> begin(List<List<String>> commands) throws IOException;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
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
            serve(Files.createDirectory(directory.resolve("here")), RehearseCommand::serveHere);
            if (!server.isEmpty()) {
                serve(Files.createDirectory(directory.resolve("there")), this::serveThere);
            }
        }
        return 0;
    }

    private static Future<?> serveHere(List<List<String>> commands) {
        FutureTask<Integer> task = new FutureTask<>(() -> {
            int exitCode = 0;
            for (List<String> arguments : commands) {
                exitCode = Main.commandLine(new Mille(), arguments).execute(arguments.toArray(String[]::new));
            }
            return exitCode;
        });
        Thread.ofPlatform().start(task);
        return task;
    }

    private Future<?> serveThere(List<List<String>> commands) throws IOException {
        List<String> words = new ArrayList<>(server);
        for (List<String> arguments : commands) {
            words.add(IN_TURN);
            words.addAll(arguments);
        }
        Process process = new ProcessBuilder(words).inheritIO().start();
        // Where a rehearsal fails, what is left to mount would be served for ever.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process.onExit();
    }

    private static void serve(Path place, Serving serving)
            throws IOException, InterruptedException, ExecutionException {
        List<Path> merged = new ArrayList<>();
        List<List<String>> commands = new ArrayList<>();
        for (List<String> way : WAYS) {
            Path of = Files.createDirectory(place.resolve("way" + merged.size()));
            Path lower = Files.createDirectory(of.resolve("lower"));
            Path bottom = Files.createDirectory(of.resolve("bottom"));
            fill(lower, bottom);
            merged.add(Files.createDirectory(of.resolve("merged")));
            String options = "lowerdir=" + lower + ":" + bottom + ",upperdir="
                    + Files.createDirectory(of.resolve("upper")) + ",workdir="
                    + Files.createDirectory(of.resolve("work"));
            List<String> command = new ArrayList<>(List.of("mount", "--announce", "-o", options));
            command.addAll(way);
            command.add(merged.getLast().toString());
            commands.add(command);
        }
        Future<?> served = serving.begin(commands);
        for (Path each : merged) {
            use(each, served);
        }
        served.get();
    }

    private static void use(Path merged, Future<?> served) throws IOException, InterruptedException {
        while (!served.isDone() && MountTable.read().at(merged) == null) {
            Thread.sleep(1);
        }
        try {
            read(merged);
            change(merged);
            read(merged);
            remove(merged);
        } finally {
            Mounts.unmount(merged, Mounts.MNT_DETACH);
        }
    }

    private static void fill(Path lower, Path bottom) throws IOException {
        Path sub = Files.createDirectory(lower.resolve("sub"));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(sub.resolve("file" + i), "content");
            Files.writeString(lower.resolve("file" + i), "content");
        }
        Files.write(lower.resolve("large"), new byte[LARGE_BYTES]);
        Files.createSymbolicLink(lower.resolve("symlink"), Path.of("sub"));
        Files.createLink(lower.resolve("sub/link"), lower.resolve("file0"));
        for (String name : List.of("sub", "opaque")) {
            Files.createDirectory(bottom.resolve(name));
            Files.writeString(bottom.resolve(name + "/below"), "content");
        }
        try (Fd opaque = Fd.open(Files.createDirectory(lower.resolve("opaque")), O.RDONLY)) {
            Xattrs.set(opaque, XattrName.of("trusted.overlay.opaque"), new byte[] {'y'}, 0);
        } catch (ErrnoException notRoot) {
            // Then there are no such directories either.
        }
    }

    private static void read(Path merged) throws IOException {
        for (Path path : paths(merged)) {
            Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.readAllBytes(path);
                Files.getFileAttributeView(path, UserDefinedFileAttributeView.class)
                        .list();
            }
        }
        Files.getFileStore(merged).getUsableSpace();
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
