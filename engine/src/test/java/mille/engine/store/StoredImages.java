package mille.engine.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import mille.engine.layer.UnpackedLayer;
import mille.engine.model.Image;
import mille.oci.DiffId;
import mille.oci.Digest;
import mille.oci.Platform;
import mille.oci.Reference;
import org.jspecify.annotations.Nullable;

/** Images made straight in a store, of layers with one file each: enough for everything that doesn't look into them. */
final class StoredImages {
    private final Store store;

    StoredImages(Store store) {
        this.store = store;
    }

    /** An image named so, of one layer for each text, the lowest first; equal beginnings share layers. */
    Image make(String name, String... layers) throws IOException {
        try (Session session = store.beginSession()) {
            return make(session, name, layers);
        }
    }

    Image make(Session session, String name, String... layers) throws IOException {
        Set<Digest> blobs = new LinkedHashSet<>();
        StoredLayer top = null;
        for (String content : layers) {
            blobs.add(blob(session, "layer " + content));
            top = layer(session, content, top);
        }
        Digest config = blob(session, "config of " + name + String.join(" ", layers));
        Digest manifest = blob(session, "manifest of " + name + String.join(" ", layers));
        blobs.add(config);
        blobs.add(manifest);
        Reference reference = Reference.parse(name);
        return store.images()
                .put(new NewImage(
                        config,
                        manifest,
                        top == null ? null : top.chainId(),
                        Platform.parse("linux/amd64"),
                        Instant.EPOCH,
                        blobs,
                        List.of(reference, reference.withDigest(manifest))));
    }

    Digest blob(Session session, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.of(bytes);
        store.blobs().put(session, digest, bytes);
        return digest;
    }

    StoredLayer layer(Session session, String content, @Nullable StoredLayer below) throws IOException {
        try (PendingLayer layer = store.layers().prepare(session)) {
            Path directory = Files.createDirectories(layer.diff().resolve("etc"));
            Files.writeString(directory.resolve(content), content);
            DiffId diffId = new DiffId(Digest.of(content.getBytes(StandardCharsets.UTF_8)));
            return layer.commit(new UnpackedLayer(diffId, content.length(), List.of(), false), below);
        }
    }
}
