package mille.engine.model;

import mille.oci.Digest;

/**
 * Hears how a pull, load or import goes. Called from several threads at once, often; it returns quickly and throws nothing.
 *
 * <p>Each layer is named by the digest of its blob and goes through some of: {@link Progress.Waiting}, {@link Progress.Present} (the end,
 * where the store had it), {@link Progress.Downloading}, {@link Progress.Downloaded}, {@link Progress.Unpacking},
 * {@link Progress.Unpacked} (the end).
 */
@FunctionalInterface
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = _ -> {};

    void on(Progress event);

    /** What happened. Sizes are bytes of the blob as it travels, compressed. */
    sealed interface Progress {
        /** The manifest is here. */
        record Resolved(String name, Digest manifest, int layers) implements Progress {}

        record Waiting(Digest layer, long totalBytes) implements Progress {}

        record Present(Digest layer) implements Progress {}

        record Downloading(Digest layer, long doneBytes, long totalBytes) implements Progress {}

        record Downloaded(Digest layer) implements Progress {}

        record Unpacking(Digest layer, long doneBytes, long totalBytes) implements Progress {}

        record Unpacked(Digest layer) implements Progress {}

        /** Something was left out that does no harm, such as an attribute that no image may set; one sentence. */
        record Warning(String sentence) implements Progress {}
    }
}
