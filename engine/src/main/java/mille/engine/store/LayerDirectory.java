package mille.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The small files beside a layer's {@code diff}, by which Docker finds the layers below it. */
final class LayerDirectory {
    private LayerDirectory() {}

    /**
     * Writes {@code link}, and where there are layers below, their list and an empty {@code work}.
     *
     * @param lowers short links of the layers below, the topmost first
     */
    static void completeLinks(Path directory, String link, List<String> lowers) throws IOException {
        DurableFiles.write(directory.resolve(Layout.LINK), link);
        if (!lowers.isEmpty()) {
            DurableFiles.write(
                    directory.resolve(Layout.LOWER),
                    lowers.stream().map(l -> "l/" + l).collect(Collectors.joining(":")));
            DurableFiles.makeDirectory(directory.resolve(Layout.WORK), "rwx------");
        }
    }

    static void complete(Path directory, String link, List<StoredLayer> lowers) throws IOException {
        completeLinks(directory, link, lowers.stream().map(StoredLayer::link).toList());
    }

    /** Makes {@code l/<link>} lead to the layer's files. */
    static void link(Layout layout, String link, String directory) throws IOException {
        Files.createSymbolicLink(layout.links().resolve(link), Path.of("..", directory, Layout.DIFF));
    }
}
