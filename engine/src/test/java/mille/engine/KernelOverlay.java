package mille.engine;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import mille.engine.model.Container;
import mille.engine.model.GraphDriver;
import mille.engine.model.Image;
import mille.engine.model.NewContainer;
import mille.overlay.OverlayOptions;
import mille.testkit.Command;

/** Mounts by the kernel's own overlay: what directories on disk mean together is not for us to say. */
final class KernelOverlay {
    private KernelOverlay() {}

    /** At the container's own place. */
    static Path mount(Engine engine, Container container) throws IOException {
        OverlayOptions options = engine.overlay(container);
        Path merged = engine.directories(container).merged();
        mount(joined(options.lowers()) + ",upperdir=" + options.upper() + ",workdir=" + options.work(), merged);
        return merged;
    }

    /** The image's layers alone, read-only, at the place of a container that is made for it. */
    static Path mount(Engine engine, Image image) throws IOException {
        GraphDriver layers = engine.directories(image);
        List<Path> all = new ArrayList<>();
        all.add(layers.upper());
        all.addAll(layers.lowers());
        Container container =
                engine.createContainer(new NewContainer(null, image.id().toString(), new JsonObject()));
        Path merged = engine.directories(container).merged();
        mount(joined(all), merged);
        return merged;
    }

    private static String joined(List<Path> lowers) {
        return "lowerdir=" + lowers.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    private static void mount(String options, Path merged) throws IOException {
        Command.run("mount", "-t", "overlay", "overlay", "-o", options, merged.toString());
    }
}
