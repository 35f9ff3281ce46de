package mille.cli;

import java.io.IOException;
import mille.engine.Engine;
import mille.engine.model.Image;

/** Finds the image that a container is to be made of, and brings it here if need be. */
final class ImageFinder {
    private final Engine engine;

    ImageFinder(Engine engine) {
        this.engine = engine;
    }

    Image find(String name) throws IOException {
        return engine.image(name);
    }
}
