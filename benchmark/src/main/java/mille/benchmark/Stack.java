package mille.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mille.testkit.Command;

/**
 * Lower layers in a directory, named by their number from 0, the lowest; and beside them, on the same file system, an upper layer that each
 * trial makes anew.
 */
record Stack(Path directory, int depth) {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    Path lowers() {
        return directory.resolve("lowers");
    }

    Path upper() {
        return directory.resolve("upper");
    }

    Path work() {
        return directory.resolve("work");
    }

    Path merged() {
        return directory.resolve("merged");
    }

    /** The topmost first, as the mount option wants them. */
    String relativeLowers() {
        return lowers("");
    }

    String absoluteLowers() {
        return lowers(lowers() + "/");
    }

    private String lowers(String before) {
        return IntStream.range(0, depth)
                .mapToObj(layer -> before + (depth - 1 - layer))
                .collect(Collectors.joining(":"));
    }

    /** Makes an upper and a work directory that nobody has used. */
    void renew() throws IOException {
        for (Path path : new Path[] {upper(), work()}) {
            attempt("rm", "-rf", "--one-file-system", "--", path.toString());
            Files.createDirectory(path);
        }
        // It is the merged root's time too, which a tar of it holds.
        Files.setLastModifiedTime(upper(), FileTime.from(Instant.EPOCH));
        Files.createDirectories(merged());
    }

    /** The ten layers that the table is about. */
    static Stack ofTen(Path directory, Path debian) throws IOException {
        return made(new Stack(directory, 10), "layers.sh", debian.toString());
    }

    /** Many layers, most of whose directories are not merged. */
    static Stack ofDepth(Path directory, Path debian, int depth) throws IOException {
        return made(new Stack(directory, depth), "deep.sh", debian.toString(), Integer.toString(depth));
    }

    /** One layer of that many empty files. */
    static Stack ofFiles(Path directory, int files) throws IOException {
        return made(new Stack(directory, 1), "nodes.sh", Integer.toString(files));
    }

    private static Stack made(Stack stack, String script, String... arguments) throws IOException {
        Files.createDirectories(stack.lowers());
        String[] words = new String[arguments.length + 5];
        words[0] = "bash";
        words[1] = "-c";
        words[2] = "cd \"$1\" || exit; shift\n" + Scripts.text(script);
        words[3] = script;
        words[4] = stack.lowers().toString();
        System.arraycopy(arguments, 0, words, 5, arguments.length);
        attempt(words);
        return stack;
    }

    private static void attempt(String... command) throws IOException {
        Command.attempt(LIMIT, command).orFail();
    }
}
